import { create } from 'zustand'

/** What lies over the screens. One at a time. */
export type Overlay = 'palette' | 'shortcuts' | 'route' | 'add-key' | 'unlock' | 'trouble'

/** Which of the window's own overlays is open. They are opened from many places: by key, from the palette, from a screen. */
export const useOverlay = create<{ readonly open: Overlay | undefined }>(() => ({ open: undefined }))

export function openOverlay(open: Overlay): void {
  useOverlay.setState({ open })
}

export function closeOverlay(): void {
  useOverlay.setState({ open: undefined })
}

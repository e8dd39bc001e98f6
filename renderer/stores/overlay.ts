import { create } from 'zustand'

/** What lies over the screens. One at a time. */
export type Overlay = 'palette' | 'shortcuts' | 'route' | 'add-key' | 'unlock' | 'trouble'

/** Which of the window's own overlays is open. They are opened from many places: by key, from the palette, from a screen. */
export const useOverlay = create<{ readonly open: Overlay | undefined }>(() => ({ open: undefined }))

export function openOverlay(open: Overlay): void {
  useOverlay.setState({ open })
}

/** Whether something lies over the screens, of the window's own or of a screen: the keys of what is below it don't count then. */
export function isCovered(): boolean {
  return useOverlay.getState().open !== undefined || document.querySelector('[role=dialog], [role=menu]') !== null
}

export function closeOverlay(): void {
  useOverlay.setState({ open: undefined })
}

import { type ReactNode, useEffect } from 'react'
import { useConnection } from '../stores/connection.ts'
import { screenIds, screens } from '../screens/index.ts'
import { isCovered, openOverlay } from '../stores/overlay.ts'
import { goTo } from '../stores/place.ts'
import { usePreferences } from '../stores/preferences.ts'
import { text } from '../text/text.ts'
import { ConnectionStrip } from './connection-strip.tsx'
import { Header } from './header.tsx'
import { press, type Shortcuts } from './keyboard.ts'
import { LockStrip } from './lock-strip.tsx'
import { Palette } from './palette.tsx'
import { QuitStrip } from './quit-strip.tsx'
import { toggleProxy } from './run-control.tsx'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import { Sidebar } from './sidebar.tsx'
import { StatusBar } from './status-bar.tsx'
import { TroubleDialog } from './trouble-panel.tsx'

/** What stands around every screen. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const connection = useConnection(state => state.state)
  const statusBar = usePreferences(state => state.statusBar)
  useShortcuts()
  return (
    <div className="grid h-full grid-cols-[auto_minmax(0,1fr)] grid-rows-[auto_auto_auto_auto_minmax(0,1fr)_auto]">
      <a
        href="#main"
        onClick={event => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
        className="absolute -top-20 left-2 z-50 rounded-control bg-accent px-3 py-1 text-on-accent focus:top-2"
      >
        {text.skip}
      </a>
      <Header />
      <ConnectionStrip state={connection} />
      <QuitStrip />
      <LockStrip />
      <Sidebar />
      <main id="main" tabIndex={-1} className="min-h-0 min-w-0 outline-none">
        {children}
      </main>
      {statusBar && <StatusBar />}
      <Palette />
      <ShortcutSheet />
      <TroubleDialog />
    </div>
  )
}

const shortcuts: Shortcuts = {
  'mod+k': () => openOverlay('palette'),
  'mod+shift+p': () => void toggleProxy(),
  'mod+shift+m': () => openOverlay('route'),
  ...Object.fromEntries(screenIds.map(id => [screens[id].shortcut, () => goTo(id)])),
  '?': () => openOverlay('shortcuts'),
}

function useShortcuts() {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!event.defaultPrevented && !isCovered()) press(event, shortcuts)
    }
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
}

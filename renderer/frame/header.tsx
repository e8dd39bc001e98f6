import { clsx } from 'clsx'
import { Search } from 'lucide-react'
import { Keys } from '../components/keys.tsx'
import { openOverlay } from '../stores/overlay.ts'
import { useStatus } from '../stores/status.ts'
import { text } from '../text/text.ts'
import { EndpointPill } from './endpoint-pill.tsx'
import { RouteSwitcher } from './route-switcher.tsx'
import { RunControl } from './run-control.tsx'

/** The bar on top: whether it runs, where, and where to; and the way to everything else. */
export function Header() {
  // On a Mac the window has no title bar of its own: this bar moves it, and leaves room for its three lights.
  const isTitleBar = useStatus(({ status }) => status?.shell === 'desktop' && status.platform === 'darwin')
  return (
    <header
      className={clsx(
        'col-span-2 flex h-12 items-center gap-2 border-b border-line bg-surface px-3.5',
        isTitleBar && 'pl-20 [app-region:drag] [&>*]:[app-region:no-drag]',
      )}
    >
      <RunControl />
      <EndpointPill />
      <RouteSwitcher />
      <button
        type="button"
        onClick={() => openOverlay('palette')}
        className="ml-auto flex h-7 min-w-0 shrink items-center gap-2 rounded-card border border-line bg-surface px-2.5 text-text-3 transition-colors duration-100 hover:bg-hover"
      >
        <Search size={14} aria-hidden />
        <span className="w-42 truncate text-left max-[1000px]:sr-only">{text.palette.open}</span>
        <Keys keys="mod+k" />
      </button>
    </header>
  )
}

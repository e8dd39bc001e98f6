import { clsx } from 'clsx'
import {
  ChevronDown,
  Circle,
  CircleDot,
  CircleStop,
  Copy,
  LoaderCircle,
  OctagonX,
  Play,
  RotateCw,
  Unplug,
  type LucideIcon,
} from 'lucide-react'
import type { Status } from '../../proxy/app/contract.ts'
import { attempt } from '../attempt.ts'
import { copy } from '../components/copy.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { toneFill } from '../components/state.tsx'
import type { Tone } from '../outcomes.ts'
import { isAway, useConnection } from '../stores/connection.ts'
import { openOverlay } from '../stores/overlay.ts'
import { useStatus } from '../stores/status.ts'
import { text } from '../text/text.ts'
import { baseUrl } from './frontends.ts'

const looks: Readonly<Record<Status['run'] | 'disconnected', { readonly tone: Tone; readonly icon: LucideIcon }>> = {
  stopped: { tone: 'idle', icon: Circle },
  starting: { tone: 'info', icon: LoaderCircle },
  running: { tone: 'ok', icon: CircleDot },
  stopping: { tone: 'info', icon: LoaderCircle },
  failed: { tone: 'error', icon: OctagonX },
  disconnected: { tone: 'idle', icon: Unplug },
}

/** One button that says how the proxy runs; what can be done about it is in its menu. Nothing is known of it, and nothing can be done, while the app is away. */
export function RunControl() {
  const status = useStatus(state => state.status)
  const isDisconnected = useConnection(isAway)
  if (status === undefined) return <span className="h-7 w-26 rounded-card bg-inset" />
  const run = isDisconnected ? 'disconnected' : status.run
  const { tone, icon: Icon } = looks[run]
  const label = (
    <>
      <Icon size={14} aria-hidden />
      {text.run[run]}
    </>
  )
  const look = clsx(
    'inline-flex h-7 min-w-26 shrink-0 items-center justify-center gap-1.5 rounded-card px-2.5 font-semibold',
    toneFill[tone],
  )

  if (run === 'starting' || run === 'stopping' || run === 'disconnected') {
    return (
      <span className={look} role="status">
        {label}
      </span>
    )
  }
  return (
    <Menu
      trigger={
        <button type="button" aria-label={`${text.run.control}: ${text.run[status.run]}`} className={look}>
          {label}
          <ChevronDown size={13} aria-hidden />
        </button>
      }
    >
      {status.run === 'failed' && (
        <MenuItem icon={OctagonX} onSelect={() => openOverlay('trouble')}>
          {text.run.whyNot}
        </MenuItem>
      )}
      {status.run === 'running' ? (
        <>
          <MenuItem icon={CircleStop} keys="mod+shift+p" onSelect={() => void toggleProxy()}>
            {text.run.stopProxy}
          </MenuItem>
          <MenuItem icon={RotateCw} onSelect={() => void attempt(useStatus.getState().restart())}>
            {text.run.restartProxy}
          </MenuItem>
        </>
      ) : (
        <MenuItem icon={Play} keys="mod+shift+p" onSelect={() => void toggleProxy()}>
          {text.run.startProxy}
        </MenuItem>
      )}
      <MenuItem icon={Copy} onSelect={() => void copy(baseUrl(status.url), text.endpoint.copied)}>
        {text.run.copyEndpoint}
      </MenuItem>
    </Menu>
  )
}

/** Starts the proxy, or stops it, whichever it is not doing. */
export async function toggleProxy(): Promise<void> {
  const { status, start, stop } = useStatus.getState()
  if (status?.run === 'running') await attempt(stop())
  else if (status?.run === 'stopped' || status?.run === 'failed') await attempt(start())
}

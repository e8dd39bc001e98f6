import { clsx } from 'clsx'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { Tip } from '../components/tip.tsx'
import { screenIds, screens } from '../screens/index.ts'
import { useBackends } from '../stores/backends.ts'
import { type ScreenId, usePlace } from '../stores/place.ts'
import { usePreferences } from '../stores/preferences.ts'
import { useOpenCount } from '../stores/turns.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'

/** The way to the screens, with what asks for attention on each. */
export function Sidebar() {
  const narrow = usePreferences(state => state.narrowSidebar)
  const toggle = narrow ? text.sidebar.widen : text.sidebar.narrow
  const ToggleIcon = narrow ? PanelLeftOpen : PanelLeftClose
  return (
    <nav
      aria-label={text.sidebar.label}
      className={clsx(
        'flex min-h-0 flex-col gap-0.5 border-r border-line bg-inset px-2 py-2.5',
        narrow ? 'w-13' : 'w-50',
      )}
    >
      {screenIds
        .filter(id => id !== 'settings')
        .map(id => (
          <SidebarLink key={id} id={id} narrow={narrow} />
        ))}
      <span className="flex-1" />
      <SidebarLink id="settings" narrow={narrow} />
      <Tip label={toggle} side="right">
        <button
          type="button"
          aria-label={toggle}
          onClick={() => usePreferences.setState({ narrowSidebar: !narrow })}
          className="flex h-7.5 items-center rounded-control px-2.5 text-text-3 transition-colors duration-100 hover:bg-hover hover:text-text"
        >
          <ToggleIcon size={16} aria-hidden />
        </button>
      </Tip>
    </nav>
  )
}

function SidebarLink({ id, narrow }: { readonly id: ScreenId; readonly narrow: boolean }) {
  const current = usePlace().screen === id
  const { icon: Icon, shortcut } = screens[id]
  const link = (
    <a
      href={`#/${id}`}
      aria-current={current ? 'page' : undefined}
      className={clsx(
        'relative flex h-7.5 items-center gap-2.5 rounded-control border px-2.5 transition-colors duration-100',
        current
          ? 'border-line bg-surface font-semibold text-text'
          : 'border-transparent text-text-2 hover:bg-hover hover:text-text',
      )}
    >
      <Icon size={16} className={clsx('-ml-px shrink-0', current && 'text-accent')} aria-hidden />
      <span className={narrow ? 'sr-only' : 'flex-1'}>{text.screens[id]}</span>
      <Badge id={id} narrow={narrow} />
    </a>
  )
  return narrow ? (
    <Tip label={text.screens[id]} keys={shortcut} side="right">
      {link}
    </Tip>
  ) : (
    link
  )
}

function Badge({ id, narrow }: { readonly id: ScreenId; readonly narrow: boolean }): ReactNode {
  const open = useOpenCount()
  // Most of the backends that there are nobody means to use; one that is asked without a key is another matter.
  const needKeys = useBackends(
    ({ backends = [] }) =>
      backends.filter(({ state, isDefault, turns }) => state === 'needs-key' && (isDefault || turns > 0)).length,
  )
  if (id === 'traffic' && open > 0)
    return <Count look="bg-live-soft text-live" count={open} says={text.sidebar.open(open)} narrow={narrow} />
  if (id === 'accounts' && needKeys > 0)
    return (
      <Count look="bg-warn-soft text-warn" count={needKeys} says={text.sidebar.badKeys(needKeys)} narrow={narrow} />
    )
  return null
}

function Count({ look, count, says, narrow }: { look: string; count: number; says: string; narrow: boolean }) {
  return (
    <span
      className={clsx(
        'min-w-4.5 rounded-full px-1.5 text-center text-caption font-medium',
        look,
        narrow && 'absolute -top-1 -right-1',
      )}
    >
      <span aria-hidden>{number(count)}</span>
      <span className="sr-only">{says}</span>
    </span>
  )
}

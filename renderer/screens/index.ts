import {
  Activity,
  KeyRound,
  LayoutDashboard,
  type LucideIcon,
  MessagesSquare,
  Settings2,
  Waypoints,
} from 'lucide-react'
import type { ComponentType } from 'react'
import type { ScreenId } from '../stores/place.ts'
import { Accounts } from './accounts/accounts.tsx'
import { Overview } from './overview/overview.tsx'
import { Routing } from './routing/routing.tsx'
import { Sessions } from './sessions/sessions.tsx'
import { Settings } from './settings/settings.tsx'
import { Traffic } from './traffic/traffic.tsx'

interface ScreenOfList {
  readonly Screen: ComponentType
  readonly icon: LucideIcon
  readonly shortcut: string
}

/** The screens, in the sidebar's order. */
export const screens = {
  overview: { Screen: Overview, icon: LayoutDashboard, shortcut: 'mod+1' },
  traffic: { Screen: Traffic, icon: Activity, shortcut: 'mod+2' },
  sessions: { Screen: Sessions, icon: MessagesSquare, shortcut: 'mod+3' },
  accounts: { Screen: Accounts, icon: KeyRound, shortcut: 'mod+4' },
  routing: { Screen: Routing, icon: Waypoints, shortcut: 'mod+5' },
  settings: { Screen: Settings, icon: Settings2, shortcut: 'mod+,' },
} as const satisfies Readonly<Record<ScreenId, ScreenOfList>>

export const screenIds = Object.keys(screens) as readonly ScreenId[]

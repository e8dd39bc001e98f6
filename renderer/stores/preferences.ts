import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { Target } from './target.ts'

export type Theme = 'system' | 'light' | 'dark'
export type Density = 'compact' | 'comfortable'

/** How many targets count as recent. */
const RECENT = 5

/** How the window looks. */
export interface Look {
  readonly theme: Theme
  readonly density: Density
  readonly narrowSidebar: boolean
  readonly statusBar: boolean
  /** Columns of the traffic list that differ from their default. */
  readonly columns: Readonly<Record<string, boolean>>
  /** Widths of columns that were changed, in pixels. */
  readonly columnSizes: Readonly<Record<string, number>>
  /** Where the detail of a turn stands beside the list, and its share of the room in percent. */
  readonly detailSide: 'right' | 'bottom'
  readonly detailShare: Readonly<Record<'right' | 'bottom', number>>
  /** Whether quotas show what is used of them, or what is left. */
  readonly quota: 'used' | 'left'
}

interface Preferences extends Look {
  /** Targets that were made the default, last one first. */
  readonly recent: readonly Target[]
  readonly remember: (target: Target) => void
}

/** What this window alone knows and keeps: how it looks. All else is the app's. */
export const usePreferences = create<Preferences>()(
  persist(
    (set, get) => ({
      theme: 'system',
      density: 'compact',
      narrowSidebar: false,
      statusBar: true,
      columns: {},
      columnSizes: {},
      detailSide: 'right',
      detailShare: { right: 42, bottom: 58 },
      quota: 'used',
      recent: [],
      remember: target => {
        const others = get().recent.filter(other => other.backend !== target.backend || other.model !== target.model)
        set({ recent: [target, ...others].slice(0, RECENT) })
      },
    }),
    { name: 'preferences', version: 1 },
  ),
)

/** Puts the look on the page, now and whenever it changes. */
export function applyLook(root: HTMLElement): () => void {
  const apply = ({ theme, density }: Preferences) => Object.assign(root.dataset, { theme, density })
  apply(usePreferences.getState())
  return usePreferences.subscribe(apply)
}

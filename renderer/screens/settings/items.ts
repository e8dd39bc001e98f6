import type { Setting } from '../../../proxy/app/contract.ts'
import { text } from '../../text/text.ts'

const words = text.settings

/** How a setting of the config is edited. */
type Control =
  | { readonly type: 'text'; readonly check: (value: string) => boolean; readonly wrong: string }
  | { readonly type: 'number'; readonly least: number; readonly most: number; readonly unit?: string }
  | {
      readonly type: 'choice'
      readonly choices: readonly { readonly value: string; readonly label: string; readonly hint: string }[]
    }

export interface Item {
  /** The setting's key in the config. */
  readonly key: string
  readonly label: string
  readonly effect: string
  readonly control: Control
  /** Takes hold only when the proxy starts anew. */
  readonly needsRestart?: boolean
}

/** The settings of the config that can be changed here, by group. A setting that the app does not tell of is not shown. */
export const proxyItems: readonly Item[] = [
  {
    key: 'server.host',
    ...words.items.host,
    control: { type: 'text', check: value => /^[\w.:-]+$/.test(value), wrong: words.badHost },
    needsRestart: true,
  },
  {
    key: 'server.port',
    ...words.items.port,
    control: { type: 'number', least: 1, most: 65_535 },
    needsRestart: true,
  },
  {
    key: 'server.drain_seconds',
    ...words.items.drainSeconds,
    control: { type: 'number', least: 0, most: 600, unit: words.units.seconds },
  },
]

export const logItems: readonly Item[] = [
  {
    key: 'log_level',
    ...words.items.logLevel,
    control: {
      type: 'choice',
      choices: (['warn', 'info', 'silent'] as const).map(level => ({
        value: level,
        label: words.logLevel[level],
        hint: words.logLevelHint[level],
      })),
    },
  },
]

export const captureItems: readonly Item[] = [
  {
    key: 'traffic.capture',
    ...words.items.capture,
    control: {
      type: 'choice',
      choices: (['metadata', 'memory', 'disk'] as const).map(level => ({
        value: level,
        label: words.capture[level],
        hint: words.captureHint[level],
      })),
    },
  },
  {
    key: 'traffic.retention_days',
    ...words.items.retentionDays,
    control: { type: 'number', least: 1, most: 3650, unit: words.units.days },
  },
  {
    key: 'traffic.max_mb',
    ...words.items.maxMb,
    control: { type: 'number', least: 1, most: 1_000_000, unit: words.units.mb },
  },
  {
    key: 'traffic.memory_turns',
    ...words.items.memoryTurns,
    control: { type: 'number', least: 0, most: 1_000_000, unit: words.units.requests },
  },
  {
    key: 'traffic.memory_mb',
    ...words.items.memoryMb,
    control: { type: 'number', least: 0, most: 1_000_000, unit: words.units.mb },
  },
]

/** A value as it is shown in words. */
export function shownValue({ control }: Item, value: Setting['value']): string {
  if (control.type === 'choice') return control.choices.find(choice => choice.value === value)?.label ?? String(value)
  const unit = control.type === 'number' && control.unit !== undefined ? ` ${control.unit}` : ''
  return `${Array.isArray(value) ? value.join(', ') : String(value)}${unit}`
}

/** Whether what is searched for is in what a setting says of itself. */
export function isFound(search: string, ...texts: readonly string[]): boolean {
  const words = search.trim().toLowerCase().split(/\s+/)
  const all = texts.join(' ').toLowerCase()
  return words.every(word => all.includes(word))
}

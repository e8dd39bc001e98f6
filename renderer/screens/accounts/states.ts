import type { BackendRow, KeyRow, LoginRow } from '../../../proxy/app/contract.ts'
import type { Tone } from '../../outcomes.ts'
import { shortTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'

/** How a key does with its backend. */
export type KeyHealth = NonNullable<BackendRow['keys']>[number]

/** How each state of a key is seen. */
export const keyTones: Readonly<Record<KeyHealth['state'], Tone>> = {
  ready: 'ok',
  'rate-limited': 'warn',
  'out-of-credit': 'error',
  refused: 'error',
  'not-found': 'idle',
  unreadable: 'error',
}

/** The state of a key in a word or two, with the time at which one that rests is tried again. */
export function healthInWords({ state, until }: KeyHealth): string {
  const word = text.accounts.keyState[state]
  return until === undefined ? word : text.accounts.until(word, shortTime(until))
}

/** How a backend is seen: one that rests is ready again by itself, and one that nobody has a key for is no fault. */
export function toneOfBackend({ state, status = '', keys = [], isDefault, turns }: BackendRow): Tone {
  if (state === 'off') return 'idle'
  const isWanted = isDefault || turns > 0
  const [first] = keys
  if (state === 'needs-key') return isWanted || (first !== undefined && first.state !== 'not-found') ? 'warn' : 'idle'
  if (status.startsWith('Discontinued')) return 'warn'
  if (status.startsWith('Refreshes')) return 'info'
  if (keys.length === 0 || keys.some(key => key.state === 'ready')) return 'ok'
  return first === undefined ? 'ok' : keyTones[first.state]
}

/** How its backend found a stored or set key, if it is one of those that it takes turns with. */
export function healthOf({ source, name, envName }: KeyRow, backend: BackendRow | undefined): KeyHealth | undefined {
  const shown = source === 'env' ? envName : `${source}:${name}`
  return backend?.keys?.find(health => health.name === shown)
}

/** How a login is seen. What it can't do at all is a fault; what comes right by itself is not. */
export function toneOfLogin({ state, consent }: LoginRow): Tone {
  if (consent === undefined) return 'idle'
  return loginTones.find(([start]) => state.startsWith(start))?.[1] ?? 'warn'
}

const loginTones: readonly (readonly [start: string, tone: Tone])[] = [
  ['Ready', 'ok'],
  ['Refresh', 'info'],
  ['Rate limited', 'warn'],
  ['Discontinued', 'warn'],
  ['Not found', 'warn'],
  ['Needs sign-in', 'error'],
  ['Unreadable', 'error'],
]

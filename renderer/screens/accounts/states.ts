import type { BackendRow, KeyRow, LoginRow } from '../../../proxy/app/contract.ts'
import type { KeyHealth } from '../../backend-state.ts'
import type { Tone } from '../../outcomes.ts'
import { shortTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'

/** The state of a key in a word or two, with the time at which one that rests is tried again. */
export function healthInWords({ state, until }: KeyHealth): string {
  const word = text.accounts.keyState[state]
  return until === undefined ? word : text.accounts.until(word, shortTime(until))
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

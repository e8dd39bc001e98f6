import type { BackendRow } from '../proxy/app/contract.ts'
import type { Tone } from './outcomes.ts'
import { text } from './text/text.ts'

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

/** A backend fails that did so more often than this in the last hour, of at least so many turns, or in all there were. */
const FAILING_SHARE = 0.2
const FAILING_OF = 5

/** Whether a backend that is ready by all that it is given fails all the same. */
export function isFailing({ state, turns, failures }: BackendRow): boolean {
  if (state !== 'ready' || failures === 0) return false
  return failures === turns || (turns >= FAILING_OF && failures / turns > FAILING_SHARE)
}

/** How a backend is seen: one that rests is ready again by itself, and one that nobody has a key for is no fault. */
export function toneOfBackend(backend: BackendRow): Tone {
  const tone = toneByState(backend)
  return tone === 'ok' && isFailing(backend) ? 'error' : tone
}

/** The state of a backend in a word or two. */
export function wordOfBackend(backend: BackendRow): string {
  const { state, status = text.backendState[state] } = backend
  return toneByState(backend) === 'ok' && isFailing(backend) ? text.backendFailing : status
}

function toneByState({ state, status = '', keys = [], isDefault, turns }: BackendRow): Tone {
  if (state === 'off') return 'idle'
  const isWanted = isDefault || turns > 0
  const [first] = keys
  if (state === 'needs-key') return isWanted || (first !== undefined && first.state !== 'not-found') ? 'warn' : 'idle'
  if (status.startsWith('Discontinued')) return 'warn'
  if (status.startsWith('Refreshes')) return 'info'
  if (keys.length === 0 || keys.some(key => key.state === 'ready')) return 'ok'
  return first === undefined ? 'ok' : keyTones[first.state]
}

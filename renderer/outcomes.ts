import type { Outcome, TurnRow } from '../proxy/app/contract.ts'

/** What a state means, apart from its word: which colour and icon it is shown in. */
export type Tone = 'ok' | 'live' | 'info' | 'warn' | 'error' | 'idle'

/** How each outcome is seen: as good, as good after trouble, as nobody's fault, or as a problem. */
const tones = {
  ok: 'ok',
  'ok after retry': 'info',
  'ok via fallback': 'info',
  interrupted: 'error',
  'client cancelled': 'idle',
  'rate limited': 'warn',
  'auth failed': 'error',
  rejected: 'error',
  'upstream error': 'error',
  network: 'error',
  timeout: 'error',
  blocked: 'warn',
} as const satisfies Record<Outcome, Tone>

/** Every outcome, in the contract's order. */
export const allOutcomes = Object.keys(tones) as readonly Outcome[]

/** The outcomes that somebody may have to do something about. */
export const problemOutcomes: readonly Outcome[] = allOutcomes.filter(outcome => isProblemTone(tones[outcome]))

export function toneOf(turn: Pick<TurnRow, 'open' | 'outcome'>): Tone {
  return turn.outcome === undefined ? 'live' : tones[turn.outcome]
}

export function toneOfOutcome(outcome: Outcome): Tone {
  return tones[outcome]
}

export function isProblem(turn: TurnRow): boolean {
  return isProblemTone(toneOf(turn))
}

function isProblemTone(tone: Tone) {
  return tone === 'error' || tone === 'warn'
}

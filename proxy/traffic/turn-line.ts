import type { TurnRecord } from './record.ts'

/** A turn in a line of text: who, where to, what came of it. */
export function turnLine(turn: TurnRecord): string {
  const route = `${turn.asked ?? '?'} → ${turn.backend ?? '?'}:${turn.served ?? '?'}`
  const tokens = turn.inputTokens === undefined ? '' : `  ${turn.inputTokens} in ${turn.outputTokens ?? 0} out`
  const error = turn.error === undefined ? '' : `  ${turn.error.split('\n', 1)[0] ?? ''}`
  return `${turn.client}  ${route}  ${turn.outcome ?? 'open'} ${turn.status ?? ''}  ${Math.round(turn.durationMs ?? 0)} ms${tokens}${error}`
}

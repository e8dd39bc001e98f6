import type { TurnRow } from '../../../../proxy/app/contract.ts'
import { type Fact, FactStrip } from '../../../components/facts.tsx'
import { useNow } from '../../../stores/clock.ts'
import { bytes, duration, NONE, tokens } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'
import { costWord, speedOf, timeOf } from '../turn-figures.ts'

const words = text.detail.facts

/** A turn's figures side by side. */
export function FactsOfTurn({ turn }: { readonly turn: TurnRow }) {
  const now = useNow(turn.open)
  const { tokensIn, tokensOut, cacheRead, reasoning, firstTokenMs, firstByteMs, status, cost } = turn
  const facts: Fact[] = [
    firstTokenMs === undefined ? [words.firstByte, duration(firstByteMs)] : [words.firstToken, duration(firstTokenMs)],
    [turn.open ? words.running : words.total, timeOf(turn, now)],
    [words.speed, speedOf(turn, now)],
    cacheRead === undefined
      ? [words.in, tokens(tokensIn)]
      : [words.inCached, `${tokens(tokensIn)} · ${tokens(cacheRead)}`],
    reasoning === undefined
      ? [words.out, tokens(tokensOut)]
      : [words.outReasoning, `${tokens(tokensOut)} · ${tokens(reasoning)}`],
    ...(cost === undefined ? [] : [[words.cost, costWord(cost)] as const]),
    [words.status, status ?? NONE],
    [words.size, `${bytes(turn.requestBytes)} · ${bytes(turn.responseBytes)}`],
  ]
  return <FactStrip facts={facts} />
}

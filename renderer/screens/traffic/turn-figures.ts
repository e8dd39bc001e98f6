import type { TurnRow } from '../../../proxy/app/contract.ts'
import { duration, elapsed, money, NONE, number, tokens } from '../../text/format.ts'
import { text } from '../../text/text.ts'

/** Under this a stream has been too short to tell its speed. */
const MEASURABLE_MS = 250

/** How fast a turn's words come or came, in tokens a second from the first one on. */
export function speedOf(turn: TurnRow, now: number): string {
  const { tokensOut, firstTokenMs, durationMs = now - turn.at } = turn
  if (tokensOut === undefined || firstTokenMs === undefined) return NONE
  const spoke = durationMs - firstTokenMs
  return spoke < MEASURABLE_MS ? NONE : text.detail.perSecond(number(Math.round((tokensOut / spoke) * 1000)))
}

/** How long a turn took, or has taken until now. */
export function timeOf(turn: TurnRow, now: number): string {
  return turn.open ? elapsed(now - turn.at) : duration(turn.durationMs)
}

/** Dollars, or the word for why there are none. */
export function costWord(cost: NonNullable<TurnRow['cost']>): string {
  return typeof cost === 'number' ? money(cost) : text.cost[cost]
}

/** `91.2k / 288`. */
export function tokensOf({ tokensIn, tokensOut }: TurnRow): string {
  return tokensIn === undefined && tokensOut === undefined ? NONE : `${tokens(tokensIn)} / ${tokens(tokensOut)}`
}

import type { SessionRow } from '../../../proxy/app/contract.ts'
import { money } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const words = text.sessions

/** What a conversation is called: what its user said first, where that is known. */
export function titleOf({ title, project, client, id }: SessionRow): string {
  return title ?? project ?? words.untitled(client ?? words.unknownClient, id.slice(0, 6))
}

/** What it cost, in short: money where some is metered, else the word for why there is none. */
export function costOf({ turns, errors, cost, unpriced, covered }: SessionRow): string {
  const isMetered = cost > 0 || turns - errors > unpriced + covered
  if (isMetered) return unpriced > 0 ? words.atLeast(money(cost)) : money(cost)
  if (unpriced > 0) return text.cost.unpriced
  return covered > 0 ? text.cost.subscription : money(0)
}

/** The same whole: every part of it, told apart. */
export function costInWords({ cost, unpriced, covered }: SessionRow): string {
  return [
    ...(cost > 0 || unpriced + covered === 0 ? [money(cost)] : []),
    ...(unpriced > 0 ? [words.unpriced(unpriced)] : []),
    ...(covered > 0 ? [words.covered(covered)] : []),
  ].join(' · ')
}

import { useEffect } from 'react'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Button } from '../../components/button.tsx'
import { Card, Empty, Panel } from '../../components/panel.tsx'
import { TurnIcon, turnWord } from '../../components/state.tsx'
import { isProblem } from '../../outcomes.ts'
import { goTo } from '../../stores/place.ts'
import { useTurns } from '../../stores/turns.ts'
import { dayOf, timeOfDay } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const words = text.overview.problems

/** Distinct problems shown. */
const SHOWN = 5
/** Problems looked at, newest first. */
const SEARCHED = 500

/** What went wrong lately, the same thing once. */
export function Problems({ turns }: { readonly turns: readonly TurnRow[] }) {
  // The newest turns alone may hold none of those that a burst has pushed out.
  useEffect(() => void attempt(useTurns.getState().loadOlder({ only: 'problems' })), [])
  const problems = problemsOf(turns)
  return (
    <Panel title={words.title}>
      <Card>
        {problems.length === 0 ? (
          <Empty size="part" title={words.none} />
        ) : (
          <ul className="divide-y divide-line">
            {problems.map(({ turn, count }) => (
              <li key={turn.id} className="flex min-h-9 items-center gap-3 py-1 pr-1.5 pl-3">
                <TurnIcon turn={turn} />
                <span className="shrink-0 font-semibold">{turn.backend ?? turn.client}</span>
                <span className="min-w-0 flex-1 truncate text-text-2" title={turn.error}>
                  {turnWord(turn)}
                  {turn.error !== undefined && `: ${turn.error}`}
                </span>
                <span className="shrink-0 text-text-3">
                  {count > 1 && `${text.counts.times(count)} · `}
                  {when(turn.at)}
                </span>
                <Button
                  size="small"
                  look="ghost"
                  aria-label={`${words.open}: ${turn.backend ?? turn.client}, ${turnWord(turn)}`}
                  onClick={() => goTo('traffic', { is: 'problems', turn: turn.id })}
                >
                  {words.open}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Panel>
  )
}

interface Problem {
  readonly turn: TurnRow
  readonly count: number
}

/** The last distinct problems: the newest turn of each, with how many there were of it. */
function problemsOf(turns: readonly TurnRow[]): readonly Problem[] {
  const found = new Map<string, Problem>()
  let searched = 0
  for (const turn of turns) {
    if (!isProblem(turn)) continue
    if (++searched > SEARCHED) break
    // Numbers in a message (times to wait, ids) don't make it another problem.
    const kind = [turn.backend, turn.outcome, turn.error?.replaceAll(/\d+/g, '#')].join('\n')
    const known = found.get(kind)
    if (known !== undefined) found.set(kind, { ...known, count: known.count + 1 })
    else if (found.size < SHOWN) found.set(kind, { turn, count: 1 })
  }
  return [...found.values()]
}

function when(at: number): string {
  return new Date(at).toDateString() === new Date().toDateString() ? timeOfDay(at) : dayOf(at)
}

import { useMemo } from 'react'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { isProblem } from '../../outcomes.ts'
import { number, timeOfDay } from '../../text/format.ts'
import { text } from '../../text/text.ts'

/** At most so many bars; there are at least half as many where there is time enough. */
const BARS = 120
const SECOND = 1000
/** What a bar may stand for, in milliseconds. */
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map(
  seconds => seconds * SECOND,
)
/** So many of the newest turns decide over the span; older ones may lie outside. */
const IN_VIEW = 4000

interface Bar {
  readonly from: number
  readonly turns: number
  readonly problems: number
  /** Index of the newest turn of the bar. */
  readonly first: number
}

interface HistogramProps {
  readonly turns: readonly TurnRow[]
  /** Called with the index of the newest turn of the bar that was clicked. */
  readonly onPick: (index: number) => void
}

/** How the requests shown lie in time. A click on a bar brings its requests into view, as scrolling the list does. */
export function Histogram({ turns, onPick }: HistogramProps) {
  const bars = useMemo(() => barsOf(turns), [turns])
  const highest = Math.max(1, ...bars.map(bar => bar.turns))
  const total = bars.reduce((sum, bar) => sum + bar.turns, 0)
  return (
    <div
      role="img"
      aria-label={text.traffic.histogram(text.counts.requests(total))}
      className="flex h-10 shrink-0 items-end justify-end gap-px px-3 pb-1 [@media(max-height:620px)]:hidden"
    >
      {bars.map(bar => (
        <span
          key={bar.from}
          title={`${timeOfDay(bar.from)} · ${text.counts.requests(bar.turns)} · ${text.traffic.problemsOf(number(bar.problems))}`}
          onClick={() => {
            if (bar.turns > 0) onPick(bar.first)
          }}
          className="flex h-full max-w-3 min-w-0 flex-1 flex-col justify-end hover:bg-hover"
        >
          <span className="rounded-t-[2px] bg-error" style={{ height: heightOf(bar.problems, highest) }} />
          <span className="bg-bar" style={{ height: heightOf(bar.turns - bar.problems, highest) }} />
        </span>
      ))}
    </div>
  )
}

function heightOf(count: number, highest: number): string {
  // One request beside a thousand is still seen.
  return count === 0 ? '0' : `max(2px, ${(count / highest) * 100}%)`
}

function barsOf(turns: readonly TurnRow[]): readonly Bar[] {
  const newest = turns[0]?.at ?? 0
  const oldest = turns[Math.min(turns.length, IN_VIEW) - 1]?.at ?? newest
  const width = WIDTHS.find(ms => ms * (BARS - 1) >= newest - oldest) ?? (newest - oldest) / (BARS - 1)
  // Bars begin at whole multiples of their width, so that they stay what they are while time goes on.
  const start = Math.floor(oldest / width) * width
  const count = Math.floor((newest - start) / width) + 1
  const bars = Array.from({ length: count }, (_, i) => ({ from: start + i * width, turns: 0, problems: 0, first: 0 }))
  for (const [index, turn] of turns.entries()) {
    const bar = bars[Math.floor((turn.at - start) / width)]
    if (bar === undefined) break
    if (bar.turns === 0) bar.first = index
    bar.turns++
    if (isProblem(turn)) bar.problems++
  }
  return bars
}

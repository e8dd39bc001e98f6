import { CircleStop } from 'lucide-react'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Card, Empty, Panel } from '../../components/panel.tsx'
import { TurnIcon } from '../../components/state.tsx'
import { useNow } from '../../stores/clock.ts'
import { goTo } from '../../stores/place.ts'
import { elapsed } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { speedOf } from '../traffic/turn-figures.ts'

const words = text.overview.now

/** Streams shown; the others are a click away. */
const SHOWN = 6

/** What is going on this moment. */
export function Now({ turns }: { readonly turns: readonly TurnRow[] }) {
  // The oldest first, so that none moves because another begins.
  const open = turns.filter(turn => turn.open).reverse()
  const now = useNow(open.length > 0)
  const hidden = open.length - SHOWN
  return (
    <Panel
      title={words.title}
      note={open.length > 0 ? text.counts.streams(open.length) : undefined}
      actions={
        hidden > 0 && (
          <Button size="small" look="ghost" onClick={() => goTo('traffic', { is: 'open' })}>
            {words.more(hidden)}
          </Button>
        )
      }
    >
      <Card>
        {open.length === 0 ? (
          <Empty size="part" title={words.none} />
        ) : (
          <ul className="divide-y divide-line">
            {open.slice(0, SHOWN).map(turn => (
              <OpenTurn key={turn.id} turn={turn} now={now} />
            ))}
          </ul>
        )}
      </Card>
    </Panel>
  )
}

function OpenTurn({ turn, now }: { readonly turn: TurnRow; readonly now: number }) {
  const model = turn.served ?? turn.asked
  return (
    <li className="flex h-9 items-center gap-3 pr-1.5 pl-3">
      <TurnIcon turn={turn} />
      <button
        type="button"
        onClick={() => goTo('traffic', { turn: turn.id })}
        className="flex h-7 min-w-0 flex-1 items-center gap-3 text-left"
      >
        <span className="w-24 shrink-0 truncate">{turn.client}</span>
        <span className="max-w-52 shrink-0 truncate font-semibold">{model}</span>
        {/* What does not fit is left out at its beginning, since the newest words are at its end. */}
        <span className="min-w-0 flex-1 truncate text-left font-mono text-small text-text-2 [direction:rtl]">
          <bdi dir="ltr">{turn.words}</bdi>
        </span>
        <span className="w-14 shrink-0 text-right">{elapsed(now - turn.at)}</span>
        <span className="w-18 shrink-0 text-right text-text-3">{speedOf(turn, now)}</span>
      </button>
      <IconButton
        icon={CircleStop}
        size="small"
        label={words.stop(model, turn.client)}
        onClick={() => void attempt(call('turns.stop', { id: turn.id }))}
      />
    </li>
  )
}

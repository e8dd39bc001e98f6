import { RotateCcw } from 'lucide-react'
import { toast } from 'sonner'
import type { Breaker } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Button } from '../../components/button.tsx'
import { Card, Empty, Panel } from '../../components/panel.tsx'
import { StateTag } from '../../components/state.tsx'
import { useNow } from '../../stores/clock.ts'
import { useRouting } from '../../stores/routing.ts'
import { text } from '../../text/text.ts'

const words = text.routing.breakers

/** The targets that failed of late, and those of them that rest. */
export function Breakers({ breakers }: { readonly breakers: readonly Breaker[] }) {
  const reset = async (target: string) => {
    if ((await attempt(useRouting.getState().resetBreaker(target))) !== undefined) toast(words.done(target))
  }
  return (
    <Panel title={words.title} note={words.note}>
      <Card>
        {breakers.length === 0 ? (
          <Empty size="part" title={words.none} />
        ) : (
          <ul aria-label={words.title} className="divide-y divide-line">
            {breakers.map(breaker => (
              <li key={breaker.target} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
                <span className="selectable min-w-0 flex-1 font-mono text-small break-all">{breaker.target}</span>
                <BreakerTag of={breaker} />
                <Button
                  size="small"
                  icon={RotateCcw}
                  aria-label={words.resetOf(breaker.target)}
                  onClick={() => void reset(breaker.target)}
                >
                  {words.reset}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Panel>
  )
}

/** How a target is, its rest counted down. */
export function BreakerTag({ of: { state, failures, restsUntil } }: { readonly of: Breaker }) {
  const now = useNow(restsUntil !== undefined)
  const leftMs = restsUntil === undefined ? 0 : restsUntil - now
  if (leftMs > 0) return <StateTag tone="error">{words.rests(Math.ceil(leftMs / 1000))}</StateTag>
  if (state === 'closed') return <StateTag tone="idle">{words.failures(failures)}</StateTag>
  return <StateTag tone="warn">{words.next}</StateTag>
}

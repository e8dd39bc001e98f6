import { Circle, CircleCheck } from 'lucide-react'
import type { BackendRow, Status, TurnRow } from '../../../proxy/app/contract.ts'
import { Button } from '../../components/button.tsx'
import { copy } from '../../components/copy.tsx'
import { Card, Panel } from '../../components/panel.tsx'
import { baseUrl } from '../../frame/frontends.ts'
import { toggleProxy } from '../../frame/run-control.tsx'
import { sendTest } from '../../frame/send-test.ts'
import { openOverlay } from '../../stores/overlay.ts'
import { goTo } from '../../stores/place.ts'
import { text } from '../../text/text.ts'

const words = text.overview.steps

interface Step {
  readonly id: 'start' | 'key' | 'request' | 'client'
  readonly label: string
  readonly hint?: string
  readonly done: boolean
  readonly act: { readonly label: string; readonly run: () => void }
}

/** The client that our own test request names. */
const OURSELVES = /^(test request|llm-interactive-proxy|lip)\b/i

/** What is to be done once, each ticked by what is so and not by a click. */
export function setUpSteps(
  status: Status,
  backends: readonly BackendRow[],
  turns: readonly TurnRow[],
): readonly Step[] {
  return [
    {
      id: 'start',
      label: words.start,
      done: status.run === 'running',
      act: { label: text.run.start, run: () => void toggleProxy() },
    },
    {
      id: 'key',
      label: words.key,
      hint: words.keyHint,
      done: backends.some(backend => backend.state === 'ready' && backend.url !== undefined),
      act: {
        label: text.keys.add,
        run: () => {
          goTo('accounts')
          openOverlay('add-key')
        },
      },
    },
    {
      id: 'request',
      label: words.request,
      hint: words.requestHint,
      done: turns.length > 0,
      act: { label: text.overview.test, run: () => void sendTest() },
    },
    {
      id: 'client',
      label: words.client,
      hint: words.clientHint,
      done: turns.some(turn => !OURSELVES.test(turn.client)),
      act: { label: text.run.copyEndpoint, run: () => void copy(baseUrl(status.url), text.endpoint.copied) },
    },
  ]
}

/** The steps, until all are done. */
export function SetUp({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <Panel title={words.title} note={words.done(steps.filter(step => step.done).length, steps.length)}>
      <Card>
        <ol className="divide-y divide-line">
          {steps.map(step => (
            <li key={step.id} className="flex min-h-10 items-center gap-2.5 py-1.5 pr-2 pl-3">
              {step.done ? (
                <CircleCheck size={16} className="shrink-0 text-ok" aria-label={words.ticked} />
              ) : (
                <Circle size={16} className="shrink-0 text-text-3" aria-label={words.open} />
              )}
              <span className="min-w-0 flex-1">
                <span className={step.done ? 'text-text-2' : 'font-semibold'}>{step.label}</span>
                {!step.done && step.hint !== undefined && (
                  <span className="block text-small text-text-3">{step.hint}</span>
                )}
              </span>
              {!step.done && (
                <Button size="small" onClick={step.act.run}>
                  {step.act.label}
                </Button>
              )}
            </li>
          ))}
        </ol>
      </Card>
    </Panel>
  )
}

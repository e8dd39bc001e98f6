import { useState } from 'react'
import type { Output, TestStep } from '../../../proxy/app/contract.ts'
import { Card } from '../../components/panel.tsx'
import { Bone } from '../../components/skeleton.tsx'
import { ToneIcon } from '../../components/state.tsx'
import { duration } from '../../text/format.ts'

/** What a test is told of: whether all of it held, and its rungs. */
type Tested = Output<'keys.test'>

type LadderState =
  | undefined
  | { readonly state: 'running' }
  | { readonly state: 'failed'; readonly message: string }
  | ({ readonly state: 'done' } & Tested)

/** A test, and what came of it. */
export function useLadder() {
  const [state, setState] = useState<LadderState>()
  return {
    state,
    isRunning: state?.state === 'running',
    clear: () => setState(undefined),
    run: async (test: () => Promise<Tested>) => {
      setState({ state: 'running' })
      try {
        setState({ state: 'done', ...(await test()) })
      } catch (error) {
        setState({ state: 'failed', message: (error as Error).message })
      }
    },
  }
}

interface LadderProps {
  readonly state: LadderState
  /** What it comes to, in words. */
  readonly ok: string
  readonly failed: string
}

/** The rungs of a test with their times, up to the one that broke. */
export function Ladder({ state, ok, failed }: LadderProps) {
  return (
    <div role="status" className="flex flex-col gap-2">
      {state?.state === 'running' && <Bone className="h-24" />}
      {state?.state === 'failed' && <p className="text-error">{state.message}</p>}
      {state?.state === 'done' && (
        <>
          <p className="flex items-center gap-2 font-semibold">
            <ToneIcon tone={state.ok ? 'ok' : 'error'} size={16} />
            {state.ok ? ok : failed}
          </p>
          <Card>
            <ol className="divide-y divide-line">
              {state.steps.map(step => (
                <Rung key={step.name} step={step} />
              ))}
            </ol>
          </Card>
        </>
      )}
    </div>
  )
}

function Rung({ step }: { readonly step: TestStep }) {
  return (
    <li className="flex items-start gap-2.5 px-3 py-2">
      <span className="mt-0.5">
        <ToneIcon tone={step.ok ? 'ok' : 'error'} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block">{step.name}</span>
        <span className="selectable block text-small break-words text-text-3">{step.detail}</span>
      </span>
      <span className="text-text-3">{duration(step.ms)}</span>
    </li>
  )
}

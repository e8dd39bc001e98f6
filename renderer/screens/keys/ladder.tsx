import { useState } from 'react'
import type { Input, Output, TestStep } from '../../../proxy/app/contract.ts'
import { call } from '../../bridge.ts'
import { Card } from '../../components/panel.tsx'
import { Bone } from '../../components/skeleton.tsx'
import { ToneIcon } from '../../components/state.tsx'
import { duration } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const words = text.keys

type LadderState =
  | undefined
  | { readonly state: 'running' }
  | { readonly state: 'failed'; readonly message: string }
  | ({ readonly state: 'done' } & Output<'keys.test'>)

/** A test of a key, and what came of it. */
export function useLadder() {
  const [state, setState] = useState<LadderState>()
  return {
    state,
    isRunning: state?.state === 'running',
    clear: () => setState(undefined),
    run: async (input: Input<'keys.test'>) => {
      setState({ state: 'running' })
      try {
        setState({ state: 'done', ...(await call('keys.test', input)) })
      } catch (error) {
        setState({ state: 'failed', message: (error as Error).message })
      }
    },
  }
}

/** The rungs of a test with their times, up to the one that broke. */
export function Ladder({ state }: { readonly state: LadderState }) {
  return (
    <div role="status" className="flex flex-col gap-2">
      {state?.state === 'running' && <Bone className="h-24" />}
      {state?.state === 'failed' && <p className="text-error">{state.message}</p>}
      {state?.state === 'done' && (
        <>
          <p className="flex items-center gap-2 font-semibold">
            <ToneIcon tone={state.ok ? 'ok' : 'error'} size={16} />
            {state.ok ? words.testOk : words.testFailed}
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

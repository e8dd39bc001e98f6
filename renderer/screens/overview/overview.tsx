import { clsx } from 'clsx'
import { Send } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { sendTest } from '../../frame/send-test.ts'
import { TroublePanel } from '../../frame/trouble-panel.tsx'
import { useBackends } from '../../stores/backends.ts'
import { isAway, useConnection } from '../../stores/connection.ts'
import { useStatus } from '../../stores/status.ts'
import { useOpenCount, useTurns } from '../../stores/turns.ts'
import { text } from '../../text/text.ts'
import { Backends } from './backends.tsx'
import { Health } from './health.tsx'
import { Now } from './now.tsx'
import { Problems } from './problems.tsx'
import { SetUp, setUpSteps } from './set-up.tsx'
import { Today } from './today.tsx'

/** Is it fine, and what is next? */
export function Overview() {
  const isDisconnected = useConnection(isAway)
  const status = useStatus(state => state.status)
  const counters = useStatus(state => state.counters)
  const backends = useBackends(state => state.backends)
  const turns = useTurns(state => state.turns)
  const open = useOpenCount()
  if (status === undefined || counters === undefined || backends === undefined || turns === undefined) {
    return (
      <Loading>
        <Skeleton />
      </Loading>
    )
  }

  const steps = setUpSteps(status, backends, turns)
  const isSetUp = steps.every(step => step.done)
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-300 flex-col gap-5 p-5">
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Health status={status} backends={backends} open={open} isSetUp={isSetUp} />
          {status.run === 'running' && !isDisconnected && <TestButton isMain={turns.length === 0} />}
        </header>
        <TroublePanel status={status} />
        {turns.length === 0 && !isSetUp && <SetUp steps={steps} />}
        <Backends backends={backends} />
        {turns.length > 0 && (
          <>
            <Today counters={counters} />
            <div className={clsx('grid gap-5', !isSetUp && 'min-[1000px]:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]')}>
              <div className="flex min-w-0 flex-col gap-5">
                <Now turns={turns} />
                <Problems turns={turns} />
              </div>
              {!isSetUp && <SetUp steps={steps} />}
            </div>
          </>
        )}
      </div>
    </div>
  )
}

function TestButton({ isMain }: { readonly isMain: boolean }) {
  const [isSending, setSending] = useState(false)
  return (
    <Button
      icon={Send}
      look={isMain ? 'primary' : 'plain'}
      disabled={isSending}
      onClick={() => {
        setSending(true)
        void sendTest().finally(() => setSending(false))
      }}
    >
      {isSending ? text.overview.testing : text.overview.test}
    </Button>
  )
}

function Skeleton() {
  return (
    <div className="mx-auto flex max-w-300 flex-col gap-5 p-5">
      <Bone className="h-7 w-72" />
      <div className="grid grid-cols-2 gap-2.5 min-[1000px]:grid-cols-4">
        {[1, 2, 3, 4].map(i => (
          <Bone key={i} className="h-18" />
        ))}
      </div>
      <div className="grid grid-cols-2 gap-2.5 min-[1000px]:grid-cols-4">
        {[1, 2, 3, 4].map(i => (
          <Bone key={i} className="h-26" />
        ))}
      </div>
      <Bone className="h-40" />
    </div>
  )
}

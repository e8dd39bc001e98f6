import { Play } from 'lucide-react'
import type { BackendRow, Status } from '../../../proxy/app/contract.ts'
import { isFailing } from '../../backend-state.ts'
import { Button } from '../../components/button.tsx'
import { ToneIcon } from '../../components/state.tsx'
import { toggleProxy } from '../../frame/run-control.tsx'
import type { Tone } from '../../outcomes.ts'
import { isAway, useConnection } from '../../stores/connection.ts'
import { openOverlay } from '../../stores/overlay.ts'
import { goTo } from '../../stores/place.ts'
import { share } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const words = text.overview

interface Health {
  readonly tone: Tone
  readonly says: string
  readonly hint: string
  readonly action?: 'start' | 'add-key' | 'errors'
}

interface HealthProps {
  readonly status: Status
  readonly backends: readonly BackendRow[]
  /** How many streams are open. */
  readonly open: number
  /** Whether the first steps are behind us; until then their list has the buttons. */
  readonly isSetUp: boolean
}

/** One sentence on how things are, or the worst problem with its button. */
export function Health(props: HealthProps) {
  const isDisconnected = useConnection(isAway)
  const { tone, says, hint, action } = isDisconnected ? away : healthOf(props)
  return (
    <>
      <div className="flex min-w-0 flex-1 basis-110 items-center gap-2.5">
        <ToneIcon tone={tone} size={20} />
        <h1 className="text-page font-semibold">
          {says} <span className="ml-1 text-body font-normal text-text-2">{hint}</span>
        </h1>
      </div>
      {action === 'start' && (
        <Button look="primary" icon={Play} onClick={() => void toggleProxy()}>
          {text.run.startProxy}
        </Button>
      )}
      {action === 'add-key' && props.isSetUp && (
        <Button
          look="primary"
          onClick={() => {
            goTo('accounts')
            openOverlay('add-key')
          }}
        >
          {words.addKey}
        </Button>
      )}
      {action === 'errors' && <Button onClick={() => goTo('traffic', { is: 'problems' })}>{words.seeErrors}</Button>}
    </>
  )
}

const away: Health = { tone: 'idle', says: words.away, hint: text.connection.lostHint }

/** What there is to say, the worst first. */
function healthOf({ status, backends, open }: Omit<HealthProps, 'isSetUp'>): Health {
  if (status.run === 'failed') return { tone: 'error', says: words.failed, hint: words.stoppedHint }
  if (status.run === 'stopped') return { tone: 'idle', says: words.stopped, hint: words.stoppedHint, action: 'start' }
  if (status.run === 'starting') return { tone: 'info', says: words.starting, hint: '' }
  if (status.run === 'stopping') return { tone: 'info', says: words.stopping, hint: words.stoppingHint }

  const [problem] = status.configProblems
  if (problem !== undefined) return { tone: 'warn', says: words.config, hint: `${problem} ${words.configHint}` }
  if (status.log.state === 'degraded') {
    const hint = words.logDegradedHint(text.counts.requests(status.log.dropped))
    return { tone: 'warn', says: words.logDegraded, hint: `${status.log.reason ?? ''} ${hint}`.trim() }
  }

  const ready = backends.filter(backend => backend.state === 'ready')
  const failing = ready.find(isFailing)
  if (failing !== undefined) {
    const hint = words.failingHint(share(failing.failures / failing.turns), text.counts.requests(failing.turns))
    return { tone: 'error', says: words.failing(failing.title), hint, action: 'errors' }
  }
  // The demo has no address of its own: it is built in.
  const services = ready.filter(backend => backend.url !== undefined)
  if (services.length === 0) {
    return ready.length === 0
      ? { tone: 'warn', says: words.noKey, hint: words.noKeyHint, action: 'add-key' }
      : { tone: 'info', says: words.demoOnly, hint: words.demoOnlyHint, action: 'add-key' }
  }
  const fallback = backends.find(backend => backend.isDefault)
  const rest = text.counts.backendsReady(ready.length)
  if (fallback?.state === 'needs-key') {
    return { tone: 'warn', says: words.needsKey(fallback.title), hint: words.restFine(rest), action: 'add-key' }
  }
  const now = open > 0 ? ` ${words.open(text.counts.streams(open))}` : ''
  return { tone: 'ok', says: words.allGood, hint: `${words.ready(rest)}${now}` }
}

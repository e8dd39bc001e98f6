import { Hourglass } from 'lucide-react'
import { attempt } from '../attempt.ts'
import { call } from '../bridge.ts'
import { Button } from '../components/button.tsx'
import { useNow } from '../stores/clock.ts'
import { useStatus } from '../stores/status.ts'
import { useOpenCount } from '../stores/turns.ts'
import { text } from '../text/text.ts'

const words = text.quit

/** While a quit waits for open streams: for how long and for how many, and the ways out of the wait. */
export function QuitStrip() {
  const endsAt = useStatus(({ status }) => status?.endsAt)
  return (
    <div className="col-span-2" role="status">
      {endsAt !== undefined && (
        <div className="flex min-h-9 items-center gap-2 border-b border-line bg-warn-soft px-3.5 py-1 text-text-2">
          <Hourglass size={14} className="text-warn" aria-hidden />
          <strong className="font-semibold text-text">{words.waiting}</strong>
          <Countdown endsAt={endsAt} />
          <span className="ml-auto flex gap-2">
            <Button size="small" onClick={() => decide('stay')}>
              {words.stay}
            </Button>
            <Button size="small" look="danger" onClick={() => decide('now')}>
              {words.now}
            </Button>
          </span>
        </div>
      )}
    </div>
  )
}

/** Changes every second, so it is not read out. */
function Countdown({ endsAt }: { readonly endsAt: number }) {
  const open = useOpenCount()
  const seconds = Math.max(0, Math.ceil((endsAt - useNow(true)) / 1000))
  return (
    <span role="timer" aria-live="off" className="tabular-nums">
      {words.left(open, seconds)}
    </span>
  )
}

function decide(choice: 'now' | 'stay') {
  void attempt(call('app.decideQuit', { choice }))
}

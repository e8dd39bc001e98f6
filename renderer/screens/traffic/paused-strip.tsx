import { Pause } from 'lucide-react'
import { Button } from '../../components/button.tsx'
import { timeOfDay } from '../../text/format.ts'
import { text } from '../../text/text.ts'

interface PausedStripProps {
  readonly since: number
  readonly held: number
  readonly onResume: () => void
}

/** Says that the list stands still, and what it leaves out. */
export function PausedStrip({ since, held, onResume }: PausedStripProps) {
  return (
    <div className="flex min-h-8 items-center gap-2 border-y border-line bg-warn-soft px-3 text-warn">
      <Pause size={14} aria-hidden />
      <span>{text.traffic.pausedStrip(timeOfDay(since), text.counts.requests(held))}</span>
      <Button size="small" className="ml-auto" onClick={onResume}>
        {text.traffic.resumeShort}
      </Button>
    </div>
  )
}

import { LockKeyhole } from 'lucide-react'
import { Button } from '../components/button.tsx'
import { openOverlay } from '../stores/overlay.ts'
import { useStatus } from '../stores/status.ts'
import { text } from '../text/text.ts'
import { Unlock } from './unlock.tsx'

/** Says that stored keys want their passphrase, and asks for it. */
export function LockStrip() {
  const isLocked = useStatus(({ status }) => status?.keysLocked === true)
  return (
    <div className="col-span-2" role="status">
      {isLocked && (
        <div className="flex min-h-9 items-center gap-2 border-b border-line bg-warn-soft px-3.5 py-1 text-text-2">
          <LockKeyhole size={14} className="shrink-0 text-warn" aria-hidden />
          <strong className="font-semibold text-text">{text.unlock.locked}</strong>
          <span className="truncate max-[700px]:hidden">{text.unlock.lockedHint}</span>
          <Button size="small" className="ml-auto" onClick={() => openOverlay('unlock')}>
            {text.unlock.open}
          </Button>
        </div>
      )}
      <Unlock />
    </div>
  )
}

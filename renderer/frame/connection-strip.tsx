import { Unplug } from 'lucide-react'
import { type Connection, connect } from '../bridge.ts'
import { Button } from '../components/button.tsx'
import { isAway } from '../stores/connection.ts'
import { text } from '../text/text.ts'

/** Says when what the window shows may no longer be so, and what is done about it. */
export function ConnectionStrip({ state }: { readonly state: Connection }) {
  const words = text.connection
  return (
    <div className="col-span-2" role="status">
      {isAway({ state }) && (
        <div className="flex min-h-9 items-center gap-2 border-b border-line bg-inset px-3.5 py-1 text-text-2">
          <Unplug size={14} className="text-warn" aria-hidden />
          <strong className="font-semibold text-text">{state === 'lost' ? words.lost : words.refused}</strong>
          <span>{state === 'lost' ? words.lostHint : words.refusedHint}</span>
          {state === 'lost' && (
            <Button size="small" className="ml-auto" onClick={connect}>
              {words.tryNow}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

import { toast } from 'sonner'
import { attempt } from '../attempt.ts'
import { call } from '../bridge.ts'
import { goTo } from '../stores/place.ts'
import { text } from '../text/text.ts'

/** Sends a short request through the proxy and shows what came of it, with the way to it in Traffic. */
export async function sendTest(): Promise<void> {
  const done = await attempt(call('turns.test'))
  if (done?.ok !== true) return
  toast(text.overview.testDone, {
    description: done.text.length > 120 ? `${done.text.slice(0, 120)}…` : done.text,
    action: { label: text.actions.open, onClick: () => goTo('traffic', { turn: done.id }) },
  })
}

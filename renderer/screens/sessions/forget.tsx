import { toast } from 'sonner'
import type { SessionRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { text } from '../../text/text.ts'
import { titleOf } from './words.ts'

const words = text.sessions

interface ForgetProps {
  readonly of: SessionRow
  readonly onForgotten: () => void
  readonly onClose: () => void
}

/** Asks before a conversation is forgotten. */
export function ForgetSession({ of: session, onForgotten, onClose }: ForgetProps) {
  const forget = async () => {
    if ((await attempt(call('sessions.forget', { id: session.id }))) === undefined) return
    toast(words.forgotten)
    onForgotten()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.forgetTitle}
      hint={words.forgetHint}
      actions={
        <>
          <Button onClick={onClose} autoFocus>
            {text.actions.cancel}
          </Button>
          <Button look="danger" onClick={() => void forget()}>
            {words.forget}
          </Button>
        </>
      }
    >
      <p className="break-words text-text-2">{titleOf(session)}</p>
    </Dialog>
  )
}

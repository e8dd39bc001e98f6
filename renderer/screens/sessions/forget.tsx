import { toast } from 'sonner'
import type { SessionRow } from '../../../proxy/app/contract.ts'
import { call } from '../../bridge.ts'
import { Confirm } from '../../components/confirm.tsx'
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
  return (
    <Confirm
      title={words.forgetTitle}
      hint={words.forgetHint}
      action={words.forget}
      run={() => call('sessions.forget', { id: session.id })}
      done={() => {
        toast(words.forgotten)
        onForgotten()
      }}
      onClose={onClose}
    >
      <p className="break-words text-text-2">{titleOf(session)}</p>
    </Confirm>
  )
}

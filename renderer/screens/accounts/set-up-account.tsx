import { useState } from 'react'
import type { LoginRow, Output } from '../../../proxy/app/contract.ts'
import { call } from '../../bridge.ts'
import { Button } from '../../components/button.tsx'
import { CloseButton, Dialog } from '../../components/dialog.tsx'
import { ToneIcon } from '../../components/state.tsx'
import { useLogins } from '../../stores/logins.ts'
import { text } from '../../text/text.ts'

const words = text.accounts.logins.setUp

interface SetUpAccountProps {
  readonly login: LoginRow
  readonly onClose: () => void
}

/** Says what setting an account up at its vendor's means, does it for one who wants that, and tells what came of it. */
export function SetUpAccount({ login: { id, title, setUp }, onClose }: SetUpAccountProps) {
  const [isRunning, setRunning] = useState(false)
  const [done, setDone] = useState<Output<'logins.onboard'>>()

  const run = async () => {
    setRunning(true)
    setDone(await call('logins.onboard', { id }).catch((error: unknown) => failed(error as Error)))
    setRunning(false)
    await useLogins.getState().load()
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title(title)}
      hint={words.hint}
      actions={
        <>
          <CloseButton>{done === undefined ? text.actions.cancel : text.actions.close}</CloseButton>
          {done?.ok !== true && (
            <Button look="primary" disabled={isRunning} onClick={() => void run()}>
              {isRunning ? words.running : done === undefined ? words.start : text.actions.retry}
            </Button>
          )}
        </>
      }
    >
      <p className="selectable break-words">{setUp}</p>
      <div role="status" className="mt-3">
        {isRunning && <p className="text-text-3">{words.patience}</p>}
        {!isRunning && done !== undefined && (
          <p className="flex items-start gap-2">
            <span className="mt-0.5">
              <ToneIcon tone={done.ok ? 'ok' : 'error'} />
            </span>
            <span className="selectable min-w-0 break-words">{done.ok ? done.outcome : done.reason}</span>
          </p>
        )}
      </div>
    </Dialog>
  )
}

function failed({ message }: Error): Output<'logins.onboard'> {
  return { ok: false, reason: message }
}

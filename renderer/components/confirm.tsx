import type { ReactNode } from 'react'
import { attempt } from '../attempt.ts'
import { text } from '../text/text.ts'
import { Button } from './button.tsx'
import { CloseButton, Dialog } from './dialog.tsx'

interface ConfirmProps {
  readonly title: string
  readonly hint: string
  /** What its button says that does it. */
  readonly action: string
  readonly run: () => Promise<unknown>
  /** Told when it is done. */
  readonly done: () => void
  readonly onClose: () => void
  /** Whether it can't be done as things are. */
  readonly isBarred?: boolean
  /** What it is about. */
  readonly children?: ReactNode
}

/** Asks before something goes for good. It stays open where that fails. */
export function Confirm({ title, hint, action, run, done, onClose, isBarred, children }: ConfirmProps) {
  const confirm = async () => {
    if ((await attempt(run())) !== undefined) done()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      hint={hint}
      actions={
        <>
          <CloseButton autoFocus>{text.actions.cancel}</CloseButton>
          <Button look="danger" disabled={isBarred} onClick={() => void confirm()}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}

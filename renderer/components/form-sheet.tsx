import { type ReactNode, type SubmitEvent, useId } from 'react'
import { text } from '../text/text.ts'
import { Button } from './button.tsx'
import { CloseButton, Dialog } from './dialog.tsx'
import type { Saving } from './use-saving.ts'

interface FormSheetProps {
  readonly title: string
  readonly hint?: string | undefined
  /** What its button says that saves. */
  readonly action: string
  readonly isComplete: boolean
  readonly saving: Saving
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A form at the side. It stays open, and says why, where what it holds is not taken. */
export function FormSheet({ title, hint, action, isComplete, saving, onClose, children }: FormSheetProps) {
  const form = useId()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (isComplete) saving.save()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      hint={hint}
      place="side"
      isForm
      problem={saving.refusal}
      actions={
        <>
          <CloseButton>{text.actions.cancel}</CloseButton>
          <Button look="primary" type="submit" form={form} disabled={!isComplete || saving.isSaving}>
            {action}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-2 pt-1">
        {children}
      </form>
    </Dialog>
  )
}

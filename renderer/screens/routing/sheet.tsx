import { type ReactNode, type SubmitEvent, useId } from 'react'
import { toast } from 'sonner'
import type { Output } from '../../../proxy/app/contract.ts'
import { Button } from '../../components/button.tsx'
import { Confirm } from '../../components/confirm.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { useSaving } from '../../components/use-saving.ts'
import { text } from '../../text/text.ts'

const words = text.routing

interface SheetProps {
  readonly title: string
  readonly hint?: string | undefined
  /** What was saved, in words. */
  readonly name: string
  readonly isComplete: boolean
  readonly save: () => Promise<Output<'settings.set'>>
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A form at the side for an item of the routing. It stays open, and says why, where the item is not taken. */
export function Sheet({ title, hint, name, isComplete, save, onClose, children }: SheetProps) {
  const form = useId()
  const saving = useSaving(save, () => {
    toast(words.saved(name))
    onClose()
  })
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
      actions={
        <>
          <Button onClick={onClose}>{text.actions.cancel}</Button>
          <Button look="primary" type="submit" form={form} disabled={!isComplete || saving.isSaving}>
            {words.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit} className="flex flex-col gap-2 pt-1">
        {children}
        {saving.refusal !== undefined && (
          <p role="alert" className="selectable break-words text-error">
            {saving.refusal}
          </p>
        )}
      </form>
    </Dialog>
  )
}

interface RemoveProps {
  readonly name: string
  readonly remove: () => Promise<Output<'settings.set'>>
  readonly onClose: () => void
}

/** Asks before an item is taken out of the config file. */
export function Remove({ name, remove, onClose }: RemoveProps) {
  return (
    <Confirm
      title={words.removeTitle(name)}
      hint={words.removeHint}
      action={text.actions.remove}
      run={remove}
      done={() => {
        toast(words.removed(name))
        onClose()
      }}
      onClose={onClose}
    />
  )
}

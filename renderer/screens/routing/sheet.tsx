import { type ReactNode, type SubmitEvent, useId, useState } from 'react'
import { toast } from 'sonner'
import type { Output } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
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
  const [refusal, setRefusal] = useState<string>()
  const [isSaving, setSaving] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!isComplete) return
    setSaving(true)
    try {
      const done = await save()
      if (!done.ok) {
        setRefusal(done.reason)
        return
      }
      toast(words.saved(name))
      onClose()
    } catch (error) {
      setRefusal((error as Error).message)
    } finally {
      setSaving(false)
    }
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
          <Button look="primary" type="submit" form={form} disabled={!isComplete || isSaving}>
            {words.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={event => void submit(event)} className="flex flex-col gap-2 pt-1">
        {children}
        {refusal !== undefined && (
          <p role="alert" className="selectable break-words text-error">
            {refusal}
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
  const run = async () => {
    if ((await attempt(remove())) === undefined) return
    toast(words.removed(name))
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.removeTitle(name)}
      hint={words.removeHint}
      actions={
        <>
          <Button onClick={onClose} autoFocus>
            {text.actions.cancel}
          </Button>
          <Button look="danger" onClick={() => void run()}>
            {text.actions.remove}
          </Button>
        </>
      }
    >
      {null}
    </Dialog>
  )
}

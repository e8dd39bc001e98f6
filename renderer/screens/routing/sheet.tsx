import type { ReactNode } from 'react'
import { toast } from 'sonner'
import type { Output } from '../../../proxy/app/contract.ts'
import { Confirm } from '../../components/confirm.tsx'
import { FormSheet } from '../../components/form-sheet.tsx'
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

/** A form at the side for an item of the routing. */
export function Sheet({ name, save, onClose, ...form }: SheetProps) {
  const saving = useSaving(save, () => {
    toast(words.saved(name))
    onClose()
  })
  return <FormSheet {...form} action={words.save} saving={saving} onClose={onClose} />
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

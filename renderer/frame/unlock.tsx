import { type SubmitEvent, useId, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '../components/button.tsx'
import { CloseButton, Dialog } from '../components/dialog.tsx'
import { Field, TextInput } from '../components/field.tsx'
import { useSaving } from '../components/use-saving.ts'
import { useKeys } from '../stores/keys.ts'
import { closeOverlay, useOverlay } from '../stores/overlay.ts'
import { text } from '../text/text.ts'

const words = text.unlock

/** Asks for the passphrase of the stored keys. What is typed goes to the app and nowhere else, and is forgotten when this closes. */
export function Unlock() {
  return useOverlay(state => state.open === 'unlock') && <UnlockDialog />
}

function UnlockDialog() {
  const form = useId()
  const [passphrase, setPassphrase] = useState('')
  const saving = useSaving(
    () => useKeys.getState().unlock(passphrase),
    () => {
      toast(words.unlocked)
      closeOverlay()
    },
  )
  const unlock = (event: SubmitEvent) => {
    event.preventDefault()
    saving.save()
  }

  return (
    <Dialog
      open
      onClose={closeOverlay}
      isForm
      title={words.title}
      hint={words.hint}
      actions={
        <>
          <CloseButton>{text.actions.cancel}</CloseButton>
          <Button look="primary" type="submit" form={form} disabled={passphrase === '' || saving.isSaving}>
            {saving.isSaving ? words.trying : words.unlock}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={unlock} className="pt-1">
        <Field label={words.passphrase} hint={words.lost} error={saving.refusal}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              aria-describedby={describedBy}
              aria-invalid={saving.refusal !== undefined}
              type="password"
              autoComplete="current-password"
              autoFocus
              value={passphrase}
              onChange={event => {
                setPassphrase(event.target.value)
                saving.forgive()
              }}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}

import { type SubmitEvent, useId, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Field, TextInput } from '../components/field.tsx'
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
  const [refusal, setRefusal] = useState<string>()
  const [isTrying, setTrying] = useState(false)

  const unlock = async (event: SubmitEvent) => {
    event.preventDefault()
    setTrying(true)
    try {
      const done = await useKeys.getState().unlock(passphrase)
      if (!done.ok) {
        setRefusal(done.reason)
        return
      }
      toast(words.unlocked)
      closeOverlay()
    } catch (error) {
      setRefusal((error as Error).message)
    } finally {
      setTrying(false)
    }
  }

  return (
    <Dialog
      open
      onClose={closeOverlay}
      title={words.title}
      hint={words.hint}
      actions={
        <>
          <Button onClick={closeOverlay}>{text.actions.cancel}</Button>
          <Button look="primary" type="submit" form={form} disabled={passphrase === '' || isTrying}>
            {isTrying ? words.trying : words.unlock}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={event => void unlock(event)} className="pt-1">
        <Field label={words.passphrase} hint={words.lost} error={refusal}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              aria-describedby={describedBy}
              aria-invalid={refusal !== undefined}
              type="password"
              autoComplete="current-password"
              autoFocus
              value={passphrase}
              onChange={event => {
                setPassphrase(event.target.value)
                setRefusal(undefined)
              }}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}

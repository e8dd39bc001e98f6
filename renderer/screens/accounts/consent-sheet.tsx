import { useId, useState } from 'react'
import { toast } from 'sonner'
import type { LoginRow } from '../../../proxy/app/contract.ts'
import { Button } from '../../components/button.tsx'
import { CloseButton, Dialog } from '../../components/dialog.tsx'
import { Switch } from '../../components/field.tsx'
import { StateTag } from '../../components/state.tsx'
import { useSaving } from '../../components/use-saving.ts'
import type { Tone } from '../../outcomes.ts'
import { useLogins } from '../../stores/logins.ts'
import { text } from '../../text/text.ts'

const words = text.accounts.consent
const tones: Readonly<Record<LoginRow['position'], Tone>> = { allowed: 'ok', unofficial: 'warn', forbidden: 'error' }

interface ConsentSheetProps {
  readonly login: LoginRow
  readonly onClose: () => void
}

/** Puts before the user what the vendor thinks of such use, and switches the login on for one who agrees. */
export function ConsentSheet({ login, onClose }: ConsentSheetProps) {
  const [writeBack, setWriteBack] = useState(false)
  const hint = useId()
  const { title, owner, position, terms, source, signIn } = login

  const saving = useSaving(
    () => useLogins.getState().enable(login, writeBack),
    () => {
      toast(words.switchedOn(title))
      onClose()
    },
  )

  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title(owner)}
      hint={words.hint(title)}
      place="side"
      problem={saving.refusal}
      actions={
        <>
          <CloseButton>{words.notNow}</CloseButton>
          <Button look="primary" disabled={saving.isSaving} onClick={saving.save}>
            {words.agree}
          </Button>
        </>
      }
    >
      <div className="selectable flex flex-col gap-3">
        <p>
          <StateTag tone={tones[position]}>{words.position[position]}</StateTag>
        </p>
        {terms.text.map(paragraph => (
          <p key={paragraph} className="break-words">
            {paragraph}
          </p>
        ))}
        <p className="break-words text-text-2">
          {source === undefined ? words.nothingThere(owner, signIn) : words.readFrom(source)}
        </p>
        {login.writeBack !== undefined && (
          <div className="flex items-start gap-3 border-t border-line pt-3">
            <div className="min-w-0 flex-1">
              <p className="font-semibold">{words.writeBack}</p>
              <p id={hint} className="text-small text-text-3">
                {words.writeBackHint(owner)}
              </p>
            </div>
            <Switch label={words.writeBack} describedBy={hint} checked={writeBack} onChange={setWriteBack} />
          </div>
        )}
      </div>
    </Dialog>
  )
}

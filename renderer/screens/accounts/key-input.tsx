import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../components/button.tsx'
import { Field, TextInput } from '../../components/field.tsx'
import { text } from '../../text/text.ts'
import { keysIn } from './new-keys.ts'

const words = text.keys.form

interface KeyInputProps {
  readonly value: string
  readonly refusal: string | undefined
  readonly onChange: (value: string) => void
  /** Several keys were pasted at once, one a line. */
  readonly onSeveral: (values: readonly string[]) => void
}

/** A line for one key, not shown unless that is asked for. */
export function KeyInput({ value, refusal, onChange, onSeveral }: KeyInputProps) {
  const [isShown, setShown] = useState(false)
  return (
    <Field label={words.value} hint={words.valueHint} error={refusal}>
      {({ id, describedBy }) => (
        <span className="relative flex">
          <TextInput
            id={id}
            aria-describedby={describedBy}
            aria-invalid={refusal !== undefined}
            type={isShown ? 'text' : 'password'}
            // A password manager has no business with a key.
            autoComplete="new-password"
            autoFocus
            value={value}
            onChange={event => onChange(event.target.value)}
            onPaste={event => {
              const values = keysIn(event.clipboardData.getData('text'))
              if (values.length < 2) return
              event.preventDefault()
              onSeveral(values)
            }}
            className="flex-1 pr-8 font-mono"
          />
          <IconButton
            icon={isShown ? EyeOff : Eye}
            size="small"
            label={isShown ? words.hide : words.show}
            aria-pressed={isShown}
            onClick={() => setShown(!isShown)}
            className="absolute top-0.5 right-0.5"
          />
        </span>
      )}
    </Field>
  )
}

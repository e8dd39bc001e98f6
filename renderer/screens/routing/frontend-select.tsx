import { Select } from '../../components/field.tsx'
import { text } from '../../text/text.ts'

/** The front ends that a rule can ask for. */
export const frontends = [
  'openai-chat',
  'openai-responses',
  'anthropic',
  'gemini',
  'openai-completions',
  'code-assist',
] as const

/** A front end that a request came in by, or any. */
export type FrontendChoice = (typeof frontends)[number] | 'any'

interface FrontendSelectProps {
  readonly id?: string
  readonly label: string
  /** The words for any. */
  readonly any: string
  readonly value: FrontendChoice
  readonly onChange: (value: FrontendChoice) => void
}

/** A choice of one of them. */
export function FrontendSelect({ id, label, any, value, onChange }: FrontendSelectProps) {
  return (
    <Select
      {...(id !== undefined && { id })}
      label={label}
      value={value}
      choices={[
        { value: 'any' as const, label: any },
        ...frontends.map(value => ({ value, label: text.frontends[value] })),
      ]}
      onChange={onChange}
    />
  )
}

import { clsx } from 'clsx'
import { ChevronsUpDown } from 'lucide-react'
import { Switch as RadixSwitch, ToggleGroup } from 'radix-ui'
import { type ComponentProps, type ReactElement, type ReactNode, useId } from 'react'
import { Menu, MenuChoice } from './menu.tsx'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
  /** The control, given the ids by which it is named and described. */
  readonly children: (ids: { readonly id: string; readonly describedBy: string }) => ReactElement
}

/** A control with its name above it, and below it what it does or what is wrong. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      {children({ id, describedBy: `${id}-hint` })}
      <p id={`${id}-hint`} className={clsx('min-h-4.5 text-small', error === undefined ? 'text-text-3' : 'text-error')}>
        {error ?? hint}
      </p>
    </div>
  )
}

const TYPED =
  'rounded-control border border-line-strong bg-surface px-2 text-body text-text aria-invalid:border-error disabled:opacity-55 focus-visible:border-accent focus-visible:outline-offset-0'

/** A line of text to type in. */
export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return <input autoComplete="off" spellCheck={false} className={clsx('h-7', TYPED, className)} {...rest} />
}

/** Several lines of text that a machine reads. */
export function TextArea(props: ComponentProps<'textarea'>) {
  return <textarea spellCheck={false} className={clsx('resize-none py-1 font-mono', TYPED)} {...props} />
}

interface TextFieldProps {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Whether it is for a machine to read. */
  readonly isCode?: boolean
  readonly autoFocus?: boolean
}

/** A line of text with its name and what it is for. */
export function TextField({ label, hint, value, onChange, isCode = false, autoFocus = false }: TextFieldProps) {
  return (
    <Field label={label} hint={hint}>
      {({ id, describedBy }) => (
        <TextInput
          id={id}
          aria-describedby={describedBy}
          autoFocus={autoFocus}
          value={value}
          onChange={event => onChange(event.target.value)}
          className={clsx(isCode && 'font-mono')}
        />
      )}
    </Field>
  )
}

interface SelectProps<T extends string> {
  readonly label: string
  readonly id?: string
  readonly value: T | undefined
  readonly placeholder?: string
  readonly choices: readonly { readonly value: T; readonly label: string; readonly hint?: string }[]
  readonly onChange: (value: T) => void
  readonly disabled?: boolean
  readonly className?: string
}

/** A choice of one from a list that opens. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { label, id, value, placeholder = '', choices, onChange, disabled, className } = props
  const chosen = choices.find(choice => choice.value === value)?.label
  return (
    <Menu
      trigger={
        <button
          type="button"
          id={id}
          aria-label={`${label}: ${chosen ?? placeholder}`}
          disabled={disabled}
          className={clsx(
            'inline-flex h-7 items-center gap-2 rounded-control border border-line-strong bg-surface pr-1.5 pl-2 text-body disabled:opacity-55',
            className,
          )}
        >
          <span className={clsx('flex-1 truncate text-left', chosen === undefined && 'text-text-3')}>
            {chosen ?? placeholder}
          </span>
          <ChevronsUpDown size={13} className="text-text-3" aria-hidden />
        </button>
      }
    >
      <MenuChoice value={value} choices={choices} onChange={onChange} />
    </Menu>
  )
}

interface SegmentsProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly choices: readonly { readonly value: T; readonly label: ReactNode }[]
  readonly onChange: (value: T) => void
}

/** A choice of one from a few that stand side by side. */
export function Segments<T extends string>({ label, value, choices, onChange }: SegmentsProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={next => next !== '' && onChange(next as T)}
      className="inline-flex w-fit shrink-0 overflow-hidden rounded-control border border-line bg-surface"
    >
      {choices.map(choice => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          className="inline-flex h-6.5 items-center gap-1.5 border-r border-line px-2.5 text-small text-text-2 transition-colors duration-100 last:border-0 hover:bg-hover focus-visible:-outline-offset-2 data-[state=on]:bg-accent-soft data-[state=on]:font-semibold data-[state=on]:text-accent"
        >
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}

interface SwitchProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
  readonly describedBy?: string
}

export function Switch({ label, checked, onChange, disabled, describedBy }: SwitchProps) {
  return (
    <RadixSwitch.Root
      aria-label={label}
      aria-describedby={describedBy}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled ?? false}
      className="group inline-flex h-6 w-10 shrink-0 items-center disabled:opacity-55"
    >
      <span className="flex h-5 w-9 items-center rounded-full border border-line-strong bg-inset px-0.5 transition-colors duration-100 group-data-[state=checked]:border-accent group-data-[state=checked]:bg-accent">
        <RadixSwitch.Thumb className="size-3.5 rounded-full bg-line-strong transition-transform duration-100 data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-accent" />
      </span>
    </RadixSwitch.Root>
  )
}

import { useState } from 'react'
import { Field, Segments, TextField, TextInput } from '../../components/field.tsx'
import { useRouting } from '../../stores/routing.ts'
import { text } from '../../text/text.ts'
import type { RoutingRule } from '../../../proxy/app/contract.ts'
import { FrontendSelect } from './frontend-select.tsx'
import { type Draft, draftOf, isComplete, isTokens, nameOfRule, ruleOf } from './rule-draft.ts'
import { SelectorInput, SelectorList } from './selector-input.tsx'
import { Sheet } from './sheet.tsx'

const words = text.routing.rules.form

interface RuleFormProps {
  /** The rule to change, and its place; a new one without. */
  readonly of?: { readonly rule: RoutingRule; readonly at: number } | undefined
  readonly onClose: () => void
}

/** Adds a rule after the others, or changes one in its place. */
export function RuleForm({ of, onClose }: RuleFormProps) {
  const [draft, setDraft] = useState(() => draftOf(of?.rule))
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change })
  const item = ruleOf(draft)
  const { rules = [] } = useRouting(state => state.routing) ?? {}
  const save = () =>
    useRouting
      .getState()
      .editRules(of === undefined ? { type: 'add', item } : { type: 'replace', at: of.at, was: of.rule, item })
  return (
    <Sheet
      title={of === undefined ? words.addTitle : words.editTitle(nameOfRule(of.rule, of.at))}
      hint={words.hint}
      name={nameOfRule(item, of?.at ?? rules.length)}
      isComplete={isComplete(draft)}
      save={save}
      onClose={onClose}
    >
      <TextField
        label={words.name}
        hint={words.nameHint}
        value={draft.name}
        onChange={name => set({ name })}
        autoFocus
      />
      <fieldset className="flex flex-col gap-2 border-t border-line pt-2">
        <legend className="pr-2 text-caption font-medium text-text-3">{words.when}</legend>
        <TextField
          label={words.client}
          hint={words.clientHint}
          value={draft.client}
          onChange={client => set({ client })}
          isCode
        />
        <TextField
          label={words.model}
          hint={words.modelHint}
          value={draft.model}
          onChange={model => set({ model })}
          isCode
        />
        <Field label={words.frontend}>
          {({ id }) => (
            <FrontendSelect
              id={id}
              label={words.frontend}
              any={words.any}
              value={draft.frontend}
              onChange={frontend => set({ frontend })}
            />
          )}
        </Field>
        <div className="flex gap-6">
          <Whether label={words.images} value={draft.images} onChange={images => set({ images })} />
          <Whether label={words.tools} value={draft.tools} onChange={tools => set({ tools })} />
        </div>
        <div className="flex gap-4 pt-2">
          <Tokens label={words.minTokens} value={draft.minTokens} onChange={minTokens => set({ minTokens })} />
          <Tokens label={words.maxTokens} value={draft.maxTokens} onChange={maxTokens => set({ maxTokens })} />
        </div>
      </fieldset>
      <div className="border-t border-line pt-2">
        <Field label={words.target} hint={words.targetHint}>
          {({ id, describedBy }) => (
            <SelectorInput
              id={id}
              aria-describedby={describedBy}
              value={draft.target}
              onChange={event => set({ target: event.target.value })}
            />
          )}
        </Field>
      </div>
      <div className="flex flex-col gap-1">
        <p className="font-semibold">{words.onFailure}</p>
        <p className="text-small text-text-3">{words.onFailureHint}</p>
        <SelectorList label={words.onFailure} values={draft.onFailure} onChange={onFailure => set({ onFailure })} />
      </div>
    </Sheet>
  )
}

interface WhetherProps {
  readonly label: string
  readonly value: Draft['images']
  readonly onChange: (value: Draft['images']) => void
}

function Whether({ label, value, onChange }: WhetherProps) {
  return (
    <div className="flex flex-col gap-1">
      <p className="font-semibold">{label}</p>
      <Segments
        label={label}
        value={value}
        choices={[
          { value: 'any', label: words.any },
          { value: 'yes', label: words.yes },
          { value: 'no', label: words.no },
        ]}
        onChange={onChange}
      />
    </div>
  )
}

interface TokensProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function Tokens({ label, value, onChange }: TokensProps) {
  const isRight = isTokens(value)
  return (
    <Field label={label} hint={words.tokensHint} error={isRight ? undefined : words.badTokens}>
      {({ id, describedBy }) => (
        <TextInput
          id={id}
          aria-describedby={describedBy}
          aria-invalid={!isRight}
          inputMode="numeric"
          value={value}
          onChange={event => onChange(event.target.value)}
          className="w-full"
        />
      )}
    </Field>
  )
}

import { Pencil, X } from 'lucide-react'
import { useState } from 'react'
import type { Input, SessionDetail, SessionRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Field, Select, TextInput } from '../../components/field.tsx'
import { Panel } from '../../components/panel.tsx'
import { text } from '../../text/text.ts'

const words = text.sessions.changes

/** What stands for the next turn alone among the settings. */
const NEXT = 'oneoff'

interface ChangesProps {
  readonly session: SessionRow
  readonly settings: SessionDetail['settings']
}

/** What is changed in a conversation, each to be changed again and taken back, and what else can be. */
export function Changes({ session: { id, changed }, settings }: ChangesProps) {
  const [draft, setDraft] = useState<Draft>()
  const [refusal, setRefusal] = useState<string>()
  const begin = (next: Draft | undefined) => {
    setDraft(next)
    setRefusal(undefined)
  }

  const save = async ({ name, value }: Draft) => {
    const done = await attemptChange({ id, kind: name === NEXT ? 'next' : 'setting', name, value })
    if (done === undefined) begin(undefined)
    else setRefusal(done)
  }

  return (
    <Panel
      title={words.title}
      actions={
        changed.length > 1 && (
          <Button size="small" onClick={() => void attempt(call('sessions.clear', { id }))}>
            {words.clearAll}
          </Button>
        )
      }
    >
      {changed.length === 0 && <p className="text-text-2">{words.none}</p>}
      {changed.length > 0 && (
        <ul className="divide-y divide-line border-y border-line">
          {changed.map(({ kind, name, value }) => (
            <li key={`${kind} ${name}`} className="flex min-h-8 items-center gap-3 py-0.5">
              <span className="w-36 shrink-0 text-text-2">{nameOf(kind, name)}</span>
              <span className="selectable min-w-0 flex-1 break-words">{value}</span>
              {kind !== 'route' && (
                <IconButton
                  icon={Pencil}
                  size="small"
                  label={words.change(name)}
                  onClick={() => begin({ name, value })}
                />
              )}
              <IconButton
                icon={X}
                size="small"
                label={words.clear(name)}
                onClick={() => void attempt(call('sessions.change', { id, kind, name }))}
              />
            </li>
          ))}
        </ul>
      )}
      {draft === undefined ? (
        <Button className="w-fit" onClick={() => begin({ name: 'model', value: '' })}>
          {words.add}
        </Button>
      ) : (
        <DraftForm
          draft={draft}
          settings={settings}
          refusal={refusal}
          onChange={begin}
          onSave={() => void save(draft)}
          onCancel={() => begin(undefined)}
        />
      )}
    </Panel>
  )
}

interface Draft {
  readonly name: string
  readonly value: string
}

interface DraftFormProps {
  readonly draft: Draft
  readonly settings: SessionDetail['settings']
  readonly refusal: string | undefined
  readonly onChange: (draft: Draft) => void
  readonly onSave: () => void
  readonly onCancel: () => void
}

function DraftForm({ draft, settings, refusal, onChange, onSave, onCancel }: DraftFormProps) {
  const all = [...settings, { name: NEXT, help: words.nextHelp, takes: words.nextTakes }]
  const chosen = all.find(({ name }) => name === draft.name)
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        onSave()
      }}
      className="flex flex-col gap-2 rounded-card border border-line bg-inset p-3"
    >
      <Select
        label={words.what}
        value={draft.name}
        choices={all.map(({ name, help }) => ({ value: name, label: nameOf('setting', name), hint: help }))}
        onChange={name => onChange({ name, value: '' })}
        className="w-60"
      />
      <Field label={words.value} hint={chosen?.takes} error={refusal}>
        {({ id, describedBy }) => (
          <TextInput
            id={id}
            aria-describedby={describedBy}
            aria-invalid={refusal !== undefined}
            autoFocus
            value={draft.value}
            onChange={event => onChange({ ...draft, value: event.target.value })}
            onKeyDown={event => {
              if (event.key === 'Escape') onCancel()
            }}
          />
        )}
      </Field>
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={draft.value.trim() === ''}>
          {words.save}
        </Button>
        <Button onClick={onCancel}>{text.actions.cancel}</Button>
      </div>
    </form>
  )
}

/** Why it could not be changed; nothing if it was. */
async function attemptChange(change: Input<'sessions.change'>): Promise<string | undefined> {
  try {
    const done = await call('sessions.change', change)
    return done.ok ? undefined : done.reason
  } catch (error) {
    return text.failed(error instanceof Error ? error.message : String(error))
  }
}

function nameOf(kind: SessionRow['changed'][number]['kind'], name: string): string {
  if (name === NEXT) return words.next
  return kind === 'route' ? words.route(name) : name
}

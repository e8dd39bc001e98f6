import { useEffect, useState } from 'react'
import { toast } from 'sonner'
import type { CustomBackend } from '../../../proxy/app/contract.ts'
import { call } from '../../bridge.ts'
import { CloseButton, Dialog } from '../../components/dialog.tsx'
import { Field, Select, TextArea, TextField } from '../../components/field.tsx'
import { FormSheet } from '../../components/form-sheet.tsx'
import { Bone } from '../../components/skeleton.tsx'
import { useSaving } from '../../components/use-saving.ts'
import { digitsOf } from '../../text/digits.ts'
import { text } from '../../text/text.ts'
import { authStyles, backendOf, type Draft, draftOf, isComplete } from './backend-draft.ts'

const words = text.accounts.form
const protocols = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'code-assist'] as const

/** Adds a custom backend to the config file. */
export function AddBackend({ onClose }: { readonly onClose: () => void }) {
  return <Form start={undefined} onClose={onClose} />
}

/** Changes a custom backend of the config file, once it is known what stands there. */
export function EditBackend({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [found, setFound] = useState<CustomBackend>()
  const [problem, setProblem] = useState<string>()
  useEffect(() => {
    call('backends.get', { id }).then(
      backend => (backend === null ? setProblem(words.elsewhere) : setFound(backend)),
      (error: unknown) => setProblem((error as Error).message),
    )
  }, [id])
  if (found !== undefined) return <Form start={found} onClose={onClose} />
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.editTitle(id)}
      place="side"
      actions={<CloseButton>{text.actions.close}</CloseButton>}
    >
      {problem === undefined ? <Bone className="h-60" /> : <p role="alert">{problem}</p>}
    </Dialog>
  )
}

function Form({ start, onClose }: { readonly start: CustomBackend | undefined; readonly onClose: () => void }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(start))
  const isNew = start === undefined
  const saving = useSaving(
    () => call('backends.save', { backend: backendOf(draft), isNew }),
    () => {
      toast(words.saved(draft.id.trim()))
      onClose()
    },
  )
  const set = (change: Partial<Draft>) => {
    setDraft({ ...draft, ...change })
    saving.forgive()
  }

  return (
    <FormSheet
      title={isNew ? words.addTitle : words.editTitle(start.id)}
      hint={words.hint}
      action={words.save}
      isComplete={isComplete(draft)}
      saving={saving}
      onClose={onClose}
    >
      {isNew && (
        <TextField
          isCode
          label={words.id}
          hint={words.idHint}
          value={draft.id}
          autoFocus
          onChange={id => set({ id })}
        />
      )}
      <Field label={words.protocol} hint={words.protocolHint}>
        {({ id }) => (
          <Select
            id={id}
            label={words.protocol}
            value={draft.protocol}
            choices={protocols.map(value => ({ value, label: words.protocols[value] }))}
            onChange={protocol => set({ protocol })}
          />
        )}
      </Field>
      <TextField
        isCode
        label={words.url}
        hint={words.urlHint}
        value={draft.url}
        autoFocus={!isNew}
        onChange={url => set({ url })}
      />
      <Field label={words.auth}>
        {({ id }) => (
          <Select
            id={id}
            label={words.auth}
            value={draft.auth}
            choices={authStyles.map(value => ({ value, label: words.auths[value] }))}
            onChange={auth => set({ auth })}
          />
        )}
      </Field>
      {(draft.auth === 'header' || draft.auth === 'query') && (
        <TextField
          isCode
          label={words.name[draft.auth]}
          hint={words.nameHint}
          value={draft.name}
          onChange={name => set({ name })}
        />
      )}
      {draft.auth !== 'none' && (
        <TextField isCode label={words.key} hint={words.keyHint} value={draft.key} onChange={key => set({ key })} />
      )}
      <TextField
        isCode
        label={words.models}
        hint={words.modelsHint}
        value={draft.models}
        onChange={models => set({ models })}
      />
      <TextField
        isCode
        label={words.defaultModel}
        hint={words.defaultModelHint}
        value={draft.defaultModel}
        onChange={defaultModel => set({ defaultModel })}
      />
      <Field label={words.headers} hint={words.headersHint}>
        {({ id, describedBy }) => (
          <TextArea
            id={id}
            aria-describedby={describedBy}
            rows={2}
            value={draft.headers}
            onChange={event => set({ headers: event.target.value })}
          />
        )}
      </Field>
      <TextField
        label={words.timeout}
        hint={words.timeoutHint}
        value={draft.timeout}
        onChange={timeout => set({ timeout: digitsOf(timeout, 6) })}
      />
      <TextField
        label={words.requestsPerMinute}
        hint={words.requestsPerMinuteHint}
        value={draft.requestsPerMinute}
        onChange={requests => set({ requestsPerMinute: digitsOf(requests, 6) })}
      />
    </FormSheet>
  )
}

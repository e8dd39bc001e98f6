import { type SubmitEvent, useId, useState } from 'react'
import type { BackendRow } from '../../../proxy/app/contract.ts'
import { call } from '../../bridge.ts'
import { Button } from '../../components/button.tsx'
import { CloseButton, Dialog } from '../../components/dialog.tsx'
import { Field, Select, TextInput } from '../../components/field.tsx'
import { text } from '../../text/text.ts'
import { Ladder, useLadder } from './ladder.tsx'

const words = text.accounts.test

/** Any of the keys, as a turn would take it. */
const ANY = 'any'

interface TestBackendProps {
  readonly backend: Pick<BackendRow, 'id' | 'title' | 'keys'>
  readonly onClose: () => void
}

/** Tries a backend as turns use it. It costs something, so it waits to be told. */
export function TestBackend({ backend: { id, title, keys = [] }, onClose }: TestBackendProps) {
  const ladder = useLadder()
  const form = useId()
  const [model, setModel] = useState('')
  const [instance, setInstance] = useState(ANY)
  const numbered = keys.flatMap(key => (key.instance === undefined ? [] : [{ ...key, instance: key.instance }]))

  const start = (event: SubmitEvent) => {
    event.preventDefault()
    if (ladder.isRunning) return
    const asked = {
      backend: id,
      ...(model.trim() === '' ? {} : { model: model.trim() }),
      ...(instance === ANY ? {} : { instance }),
    }
    void ladder.run(() => call('backends.test', asked))
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={text.keys.testOf(title)}
      hint={words.hint}
      actions={
        <>
          <CloseButton>{text.actions.close}</CloseButton>
          <Button look="primary" type="submit" form={form} disabled={ladder.isRunning}>
            {ladder.isRunning ? text.keys.testing : ladder.state === undefined ? words.start : text.actions.retry}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={start} className="flex flex-col gap-3 pt-1">
        <Field label={words.model} hint={words.modelHint}>
          {({ id, describedBy }) => (
            <TextInput
              id={id}
              aria-describedby={describedBy}
              autoFocus
              value={model}
              onChange={event => setModel(event.target.value)}
              className="font-mono"
            />
          )}
        </Field>
        {numbered.length > 1 && (
          <Field label={words.key}>
            {({ id }) => (
              <Select
                id={id}
                label={words.key}
                value={instance}
                choices={[
                  { value: ANY, label: words.anyKey },
                  ...numbered.map(key => ({ value: key.instance, label: `${key.instance} · ${key.name}` })),
                ]}
                onChange={setInstance}
              />
            )}
          </Field>
        )}
        <Ladder state={ladder.state} ok={words.ok} failed={words.failed} />
      </form>
    </Dialog>
  )
}

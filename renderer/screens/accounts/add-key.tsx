import { Eye, EyeOff } from 'lucide-react'
import { type SubmitEvent, useId, useState } from 'react'
import { toast } from 'sonner'
import { call } from '../../bridge.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field, Segments, Select, TextInput } from '../../components/field.tsx'
import { useBackends } from '../../stores/backends.ts'
import { useKeys } from '../../stores/keys.ts'
import { text } from '../../text/text.ts'
import { Ladder, useLadder } from './ladder.tsx'

const words = text.keys.form

type Place = 'keychain' | 'file'

interface AddKeyProps {
  /** The backend it is for, where that is known before. */
  readonly backend?: string | undefined
  readonly onClose: () => void
}

/** Takes a key in. What is typed goes to the app and nowhere else, and is forgotten when this closes. */
export function AddKey({ backend: given, onClose }: AddKeyProps) {
  const backends = useBackends(state => state.backends) ?? []
  const services = backends.filter(({ url, kind }) => url !== undefined && kind !== 'login')
  // The file needs nothing but a passphrase, so it can be chosen even where none was given yet.
  const places = useKeys(state => state.stores).filter(
    ({ id, usable }) => id === 'file' || (id === 'keychain' && usable),
  )
  const preferred = places.find(store => store.inUse)?.id ?? places[0]?.id
  const form = useId()
  const [value, setValue] = useState('')
  const [isShown, setShown] = useState(false)
  const [guessed, setGuessed] = useState<string>()
  const [chosen, setChosen] = useState(given)
  const [place, setPlace] = useState<Place>()
  const [passphrase, setPassphrase] = useState('')
  const [refusal, setRefusal] = useState<string>()
  const [isSaving, setSaving] = useState(false)
  const ladder = useLadder()

  const backend = chosen ?? guessed
  const store = place ?? (preferred === 'file' ? 'file' : 'keychain')
  const isReady = value.trim() !== '' && backend !== undefined && (store === 'keychain' || passphrase !== '')

  const typed = async (next: string) => {
    setValue(next)
    setRefusal(undefined)
    ladder.clear()
    const guess = next.trim() === '' ? {} : await call('keys.guess', { value: next.trim() }).catch(() => ({}))
    setGuessed('backend' in guess ? guess.backend : undefined)
  }

  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!isReady) return
    setSaving(true)
    try {
      const key = { backend, value: value.trim(), store, ...(store === 'file' ? { passphrase } : {}) }
      const done = await useKeys.getState().add(key)
      if (!done.ok) {
        setRefusal(done.reason)
        return
      }
      toast(words.added(backend))
      onClose()
    } catch (error) {
      setRefusal((error as Error).message)
    } finally {
      setSaving(false)
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title}
      hint={words.hint}
      place="side"
      actions={
        <>
          <Button
            disabled={value.trim() === '' || backend === undefined || ladder.isRunning}
            onClick={() => void ladder.run(() => call('keys.test', { backend: backend ?? '', value: value.trim() }))}
            className="mr-auto"
          >
            {ladder.isRunning ? text.keys.testing : words.test}
          </Button>
          <Button onClick={onClose}>{text.actions.cancel}</Button>
          <Button look="primary" type="submit" form={form} disabled={!isReady || isSaving}>
            {isSaving ? words.saving : words.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={event => void save(event)} className="flex flex-col gap-3 pt-1">
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
                onChange={event => void typed(event.target.value)}
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
        <Field
          label={words.backend}
          hint={value === '' || chosen !== undefined ? '' : guessed === undefined ? words.notGuessed : words.guessed}
        >
          {({ id }) => (
            <Select
              id={id}
              label={words.backend}
              value={backend}
              placeholder={words.backendPlaceholder}
              choices={services.map(row => ({ value: row.id, label: row.title }))}
              onChange={setChosen}
            />
          )}
        </Field>
        {places.length > 1 && (
          <Field label={words.store} hint={places.find(({ id }) => id === store)?.detail}>
            {() => (
              <Segments<Place>
                label={words.store}
                value={store}
                choices={places.flatMap(({ id }) => (id === 'env' ? [] : [{ value: id, label: text.keys.source[id] }]))}
                onChange={setPlace}
              />
            )}
          </Field>
        )}
        {store === 'file' && (
          <Field label={words.passphrase} hint={words.passphraseHint}>
            {({ id, describedBy }) => (
              <TextInput
                id={id}
                aria-describedby={describedBy}
                type="password"
                autoComplete="new-password"
                value={passphrase}
                onChange={event => setPassphrase(event.target.value)}
              />
            )}
          </Field>
        )}
        <Ladder state={ladder.state} ok={text.keys.testOk} failed={text.keys.testFailed} />
      </form>
    </Dialog>
  )
}

import { type SubmitEvent, useId, useState } from 'react'
import { toast } from 'sonner'
import { call } from '../../bridge.ts'
import { Button } from '../../components/button.tsx'
import { CloseButton, Dialog } from '../../components/dialog.tsx'
import { Field, Segments, Select } from '../../components/field.tsx'
import { useBackends } from '../../stores/backends.ts'
import { useKeys } from '../../stores/keys.ts'
import { text } from '../../text/text.ts'
import { KeyInput } from './key-input.tsx'
import { Ladder, useLadder } from './ladder.tsx'
import { Effect, NewKeyList } from './new-key-list.tsx'
import { effectOf, type Place } from './new-keys.ts'
import { type StoreChoice, StoreFields, usualStore } from './store-choice.tsx'
import { useNewKeys } from './use-new-keys.ts'
import { usePlaces } from './use-places.ts'

const words = text.keys.form

interface AddKeyProps {
  /** The backend it is for, where that is known before. */
  readonly backend?: string | undefined
  readonly onClose: () => void
}

/** Takes in a key that is typed, or several that are pasted. They go to the app and nowhere else, and are forgotten when this closes. */
export function AddKey({ backend: given, onClose }: AddKeyProps) {
  const backends = useBackends(state => state.backends) ?? []
  const usual = useKeys(usualStore)
  const form = useId()
  const { keys, isSeveral, ...change } = useNewKeys(given)
  const [isBeside, setBeside] = useState(true)
  const [chosen, setChosen] = useState<StoreChoice>()
  const [isSaving, setSaving] = useState(false)
  const places = usePlaces(keys, isBeside)
  const ladder = useLadder()

  const services = backends
    .filter(({ url, kind }) => url !== undefined && kind !== 'login')
    .map(({ id, title }) => ({ value: id, label: title }))
  const choice = chosen ?? { store: usual, passphrase: '' }
  const isWhole = keys.every(({ value, backend }) => value.trim() !== '' && backend !== undefined)
  const isReady = keys.length > 0 && isWhole && (choice.store === 'keychain' || choice.passphrase !== '')
  // Only a backend that has a key leaves a choice.
  const hasKeys = keys.some(({ backend }) =>
    backends.find(({ id }) => id === backend)?.keys?.some(({ state }) => state !== 'not-found'),
  )
  const [key] = keys

  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!isReady) return
    setSaving(true)
    const count = await change.save(isBeside, choice)
    setSaving(false)
    if (count === 1) toast(words.added(key?.backend ?? ''))
    if (count > 1) toast(words.addedSeveral(count))
    if (count === keys.length) onClose()
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={words.title}
      hint={words.hint}
      place="side"
      isForm
      actions={
        <>
          {!isSeveral && (
            <Button
              disabled={!isWhole || ladder.isRunning}
              onClick={() =>
                void ladder.run(() =>
                  call('keys.test', { backend: key?.backend ?? '', value: key?.value.trim() ?? '' }),
                )
              }
              className="mr-auto"
            >
              {ladder.isRunning ? text.keys.testing : words.test}
            </Button>
          )}
          <CloseButton>{text.actions.cancel}</CloseButton>
          <Button look="primary" type="submit" form={form} disabled={!isReady || isSaving}>
            {isSaving ? words.saving : isSeveral ? words.saveSeveral(keys.length) : words.save}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={event => void save(event)} className="flex flex-col gap-3 pt-1">
        {isSeveral ? (
          <NewKeyList
            keys={keys}
            places={places}
            services={services}
            onChoose={change.choose}
            onRemove={change.remove}
          />
        ) : (
          key !== undefined && (
            <>
              <KeyInput
                value={key.value}
                refusal={key.refusal}
                onChange={value => {
                  ladder.clear()
                  void change.type(value)
                }}
                onSeveral={values => void change.paste(values)}
              />
              <Field
                label={words.backend}
                hint={
                  key.value === '' || !key.isGuessed ? '' : key.backend === undefined ? words.notGuessed : words.guessed
                }
              >
                {({ id }) => (
                  <Select
                    id={id}
                    label={words.backend}
                    value={key.backend}
                    placeholder={words.backendPlaceholder}
                    choices={services}
                    onChange={backend => change.choose(key, backend)}
                  />
                )}
              </Field>
            </>
          )
        )}
        {hasKeys && (
          <Field label={words.way} {...(isSeveral ? {} : outcomeOf(places[0], key?.backend))}>
            {() => (
              <Segments
                label={words.way}
                value={isBeside ? 'beside' : 'instead'}
                choices={[
                  { value: 'beside', label: words.ways.beside },
                  { value: 'instead', label: words.ways.instead },
                ]}
                onChange={way => setBeside(way === 'beside')}
              />
            )}
          </Field>
        )}
        {!isSeveral && !hasKeys && key?.backend !== undefined && <Effect of={key} place={places[0]} />}
        <StoreFields choice={choice} onChange={setChosen} />
        <Ladder state={ladder.state} ok={text.keys.testOk} failed={text.keys.testFailed} />
      </form>
    </Dialog>
  )
}

/** What a choice comes to, below it. */
function outcomeOf(place: Place | undefined, backend = ''): { readonly hint?: string; readonly error?: string } {
  if (place === undefined) return {}
  return place.ok ? { hint: effectOf(place, backend) } : { error: place.reason }
}

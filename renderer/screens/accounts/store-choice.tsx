import { Field, Segments, TextInput } from '../../components/field.tsx'
import { useKeys } from '../../stores/keys.ts'
import { text } from '../../text/text.ts'

const words = text.keys.form

/** Where a new key goes, with the passphrase that the file wants. */
export interface StoreChoice {
  readonly store: 'keychain' | 'file'
  readonly passphrase: string
}

/** The places that take a key. The file needs nothing but a passphrase, so it can be chosen even where none was given yet. */
function placesIn({ stores }: Pick<ReturnType<typeof useKeys.getState>, 'stores'>) {
  return stores.flatMap(({ id, usable, inUse, detail }) =>
    id === 'file' || (id === 'keychain' && usable) ? [{ id, inUse, detail }] : [],
  )
}

/** Where a new key goes unless something else is chosen. */
export function usualStore(state: Pick<ReturnType<typeof useKeys.getState>, 'stores'>): StoreChoice['store'] {
  const places = placesIn(state)
  return (places.find(place => place.inUse) ?? places[0])?.id ?? 'keychain'
}

interface StoreFieldsProps {
  readonly choice: StoreChoice
  readonly onChange: (choice: StoreChoice) => void
}

export function StoreFields({ choice: { store, passphrase }, onChange }: StoreFieldsProps) {
  const places = placesIn(useKeys())
  return (
    <>
      {places.length > 1 && (
        <Field label={words.store} hint={places.find(({ id }) => id === store)?.detail}>
          {() => (
            <Segments
              label={words.store}
              value={store}
              choices={places.map(({ id }) => ({ value: id, label: text.keys.source[id] }))}
              onChange={next => onChange({ store: next, passphrase })}
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
              onChange={event => onChange({ store, passphrase: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}

import { clsx } from 'clsx'
import { X } from 'lucide-react'
import { IconButton } from '../../components/button.tsx'
import { Select } from '../../components/field.tsx'
import { Card } from '../../components/panel.tsx'
import { text } from '../../text/text.ts'
import { effectOf, endOf, type NewKey, type Place } from './new-keys.ts'

const words = text.keys.form

interface NewKeyListProps {
  readonly keys: readonly NewKey[]
  /** Where each would go, in the same order; nothing as long as that is not known. */
  readonly places: readonly (Place | undefined)[]
  readonly services: readonly { readonly value: string; readonly label: string }[]
  readonly onChoose: (key: NewKey, backend: string) => void
  readonly onRemove: (key: NewKey) => void
}

/** Several new keys: for each its backend, told or chosen, and what storing it will do. */
export function NewKeyList({ keys, places, services, onChoose, onRemove }: NewKeyListProps) {
  return (
    <Card>
      <ul aria-label={words.list} className="divide-y divide-line">
        {keys.map((key, at) => {
          const name = endOf(key.value)
          return (
            <li key={key.value} className="flex flex-col gap-1 px-3 py-2">
              <span className="flex items-center gap-2">
                <span className="w-14 font-mono text-small text-text-2">{name}</span>
                <Select
                  label={words.backendOf(name)}
                  value={key.backend}
                  placeholder={words.backendPlaceholder}
                  choices={services}
                  onChange={backend => onChoose(key, backend)}
                  className="min-w-0 flex-1"
                />
                <IconButton icon={X} size="small" label={words.leaveOut(name)} onClick={() => onRemove(key)} />
              </span>
              {key.refusal === undefined ? (
                <Effect of={key} place={places[at]} />
              ) : (
                <p className="text-small break-words text-error">{key.refusal}</p>
              )}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

/** What storing a key will do, or why it can't be stored. */
export function Effect({ of: { backend }, place }: { readonly of: NewKey; readonly place: Place | undefined }) {
  const isRefused = place?.ok === false
  return (
    <p className={clsx('min-h-4.5 text-small break-words', isRefused ? 'text-error' : 'text-text-3')}>
      {backend === undefined ? words.notGuessed : place !== undefined && effectOf(place, backend)}
    </p>
  )
}

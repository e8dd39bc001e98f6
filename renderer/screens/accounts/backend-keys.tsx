import type { BackendRow } from '../../../proxy/app/contract.ts'
import { type KeyHealth, keyTones } from '../../backend-state.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { Select } from '../../components/field.tsx'
import { Sortable } from '../../components/sortable.tsx'
import { StateTag } from '../../components/state.tsx'
import { text } from '../../text/text.ts'
import { healthInWords } from './states.ts'

const words = text.accounts.backends
const rotations = ['round-robin', 'fill-first'] as const

/** Several keys of a backend: how each is, which is next, and their order where it counts. */
export function BackendKeys({ of: { id, title, keys = [], rotation } }: { readonly of: BackendRow }) {
  const nameOf = ({ instance }: KeyHealth) => (instance === undefined ? id : `${id}.${instance}`)

  const use = (next: (typeof rotations)[number], order?: readonly KeyHealth[]) =>
    void attempt(
      call('backends.useKeys', { id, rotation: next, ...(order !== undefined && { order: order.map(nameOf) }) }),
    )

  return (
    <div className="mt-1 flex flex-col gap-1">
      {rotation === 'fill-first' ? (
        <Sortable label={words.keysOf(title)} items={keys} nameOf={nameOf} onMove={order => use(rotation, order)}>
          {key => <Health of={key} />}
        </Sortable>
      ) : (
        <ul aria-label={words.keysOf(title)} className="flex flex-col gap-1">
          {keys.map(key => (
            <li key={nameOf(key)}>
              <Health of={key} />
            </li>
          ))}
        </ul>
      )}
      {rotation !== undefined && (
        <Select
          label={words.rotation(title)}
          value={rotation}
          choices={rotations.map(value => ({ value, label: words.rotations[value] }))}
          onChange={next => use(next)}
          className="w-fit"
        />
      )}
    </div>
  )
}

function Health({ of: key }: { readonly of: KeyHealth }) {
  return (
    <span className="flex flex-wrap items-center gap-x-2 text-small">
      <StateTag tone={keyTones[key.state]}>{healthInWords(key)}</StateTag>
      <span className="selectable font-mono break-all">{key.name}</span>
      {key.instance !== undefined && <span className="text-text-3">{words.number(key.instance)}</span>}
    </span>
  )
}

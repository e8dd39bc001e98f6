import { Plus, SearchX } from 'lucide-react'
import { useState } from 'react'
import type { BackendRow } from '../../../proxy/app/contract.ts'
import { toneOfBackend } from '../../backend-state.ts'
import { Button } from '../../components/button.tsx'
import { Card, Empty } from '../../components/panel.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { useBackends } from '../../stores/backends.ts'
import { refine, usePlace } from '../../stores/place.ts'
import { text } from '../../text/text.ts'
import { AddKey } from './add-key.tsx'
import { AddBackend, EditBackend } from './backend-form.tsx'
import { BackendLine } from './backend-line.tsx'
import { RemoveBackend } from './remove-backend.tsx'
import { TestBackend } from './test-backend.tsx'

const words = text.accounts.backends

/** What is asked about a backend of the list. */
interface Question {
  readonly what: 'test' | 'add-key' | 'edit' | 'remove'
  readonly backend: BackendRow
}

/** Every backend that is called with a key or with none: its state, its keys and what can be done about them. */
export function BackendsTab() {
  const all = useBackends(state => state.backends)
  const search = usePlace().params.get('q') ?? ''
  const [asked, setAsked] = useState<Question>()
  const [isAdding, setAdding] = useState(false)
  const done = () => setAsked(undefined)

  if (all === undefined) {
    return (
      <Loading>
        <Bone className="h-80" />
      </Loading>
    )
  }
  // Those that are called with the sign-in of another program stand with the logins.
  const backends = all.filter(({ kind }) => kind !== 'login')
  const found = backends.filter(backend => isFound(backend, search)).sort((a, b) => rank(a) - rank(b))
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <p role="status" className="flex-1 text-text-3">
          {words.count(backends.filter(({ state }) => state === 'ready').length, backends.length)}
        </p>
        <SearchBox label={words.search} value={search} onChange={q => refine({ q })} />
        <Button icon={Plus} onClick={() => setAdding(true)}>
          {text.accounts.form.add}
        </Button>
      </div>
      {found.length === 0 ? (
        <Card>
          <Empty
            icon={SearchX}
            title={backends.length === 0 ? words.none : words.noMatch}
            hint={backends.length === 0 ? words.noneHint : undefined}
          >
            {backends.length > 0 && <Button onClick={() => refine({ q: undefined })}>{text.actions.clear}</Button>}
          </Empty>
        </Card>
      ) : (
        <Card>
          <ul aria-label={words.label} className="divide-y divide-line">
            {found.map(backend => (
              <BackendLine key={backend.id} of={backend} onAsk={what => setAsked({ what, backend })} />
            ))}
          </ul>
        </Card>
      )}
      {asked?.what === 'test' && <TestBackend backend={asked.backend} onClose={done} />}
      {asked?.what === 'add-key' && <AddKey backend={asked.backend.id} onClose={done} />}
      {asked?.what === 'edit' && <EditBackend id={asked.backend.id} onClose={done} />}
      {asked?.what === 'remove' && <RemoveBackend of={asked.backend} onClose={done} />}
      {isAdding && <AddBackend onClose={() => setAdding(false)} />}
    </>
  )
}

function isFound({ id, title, url = '', status = '' }: BackendRow, search: string): boolean {
  const line = `${id} ${title} ${url} ${status}`.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => line.includes(word))
}

/** What is in use comes first, then what could be, then what nobody set up; else in the config's order. */
function rank(backend: BackendRow): number {
  if (backend.isDefault) return 0
  if (backend.state === 'ready') return 1
  return toneOfBackend(backend) === 'idle' ? 3 : 2
}

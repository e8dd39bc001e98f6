import { KeyRound, Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { KeyRow } from '../../../proxy/app/contract.ts'
import { Button } from '../../components/button.tsx'
import { Card, Empty } from '../../components/panel.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { useKeys } from '../../stores/keys.ts'
import { closeOverlay, openOverlay, useOverlay } from '../../stores/overlay.ts'
import { text } from '../../text/text.ts'
import { AddKey } from './add-key.tsx'
import { KeyTable } from './key-table.tsx'
import { RemoveKey } from './remove-key.tsx'
import { Stores } from './stores.tsx'
import { TestKey } from './test-key.tsx'

const words = text.keys

/** What is asked about a key of the list. */
interface Question {
  readonly what: 'test' | 'remove'
  readonly key: KeyRow
}

/** The keys by which backends know us. */
export function Keys() {
  const { keys, stores, error, load } = useKeys()
  const isAdding = useOverlay(state => state.open === 'add-key')
  const [asked, setAsked] = useState<Question>()
  const done = () => setAsked(undefined)
  useEffect(() => void load(), [load])

  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex min-h-full max-w-240 flex-col gap-5 p-5">
        <header className="flex items-start gap-4">
          <div className="min-w-0 flex-1">
            <h1 className="text-page font-semibold">{words.title}</h1>
            <p className="max-w-160 text-text-2">{words.hint}</p>
          </div>
          {keys !== undefined && keys.length > 0 && (
            <Button look="primary" icon={Plus} onClick={() => openOverlay('add-key')}>
              {words.add}
            </Button>
          )}
        </header>
        {keys === undefined ? (
          error === undefined ? (
            <Loading>
              <Bone className="h-40" />
            </Loading>
          ) : (
            <Empty title={text.loadFailed} hint={error}>
              <Button onClick={() => void load()}>{text.actions.retry}</Button>
            </Empty>
          )
        ) : (
          <>
            {keys.length === 0 ? (
              <Card>
                <Empty icon={KeyRound} title={words.empty} hint={words.emptyHint}>
                  <Button look="primary" icon={Plus} onClick={() => openOverlay('add-key')}>
                    {words.add}
                  </Button>
                </Empty>
              </Card>
            ) : (
              <KeyTable
                keys={keys}
                onTest={key => setAsked({ what: 'test', key })}
                onRemove={key => setAsked({ what: 'remove', key })}
              />
            )}
            <Stores stores={stores} />
          </>
        )}
      </div>
      {isAdding && <AddKey onClose={closeOverlay} />}
      {asked?.what === 'test' && <TestKey name={asked.key.name} backend={asked.key.backend} onClose={done} />}
      {asked?.what === 'remove' && <RemoveKey of={asked.key} onClose={done} />}
    </div>
  )
}

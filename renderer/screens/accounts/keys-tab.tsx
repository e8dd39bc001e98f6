import { KeyRound, Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { KeyRow } from '../../../proxy/app/contract.ts'
import { Button } from '../../components/button.tsx'
import { LoadFailed } from '../../components/load-failed.tsx'
import { Card, Empty } from '../../components/panel.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { useKeys } from '../../stores/keys.ts'
import { openOverlay } from '../../stores/overlay.ts'
import { text } from '../../text/text.ts'
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

/** The keys by which backends know us, and where they are kept. */
export function KeysTab() {
  const { keys, stores, error, load } = useKeys()
  const [asked, setAsked] = useState<Question>()
  const done = () => setAsked(undefined)
  useEffect(() => void load(), [load])

  if (keys === undefined) {
    return error === undefined ? (
      <Loading>
        <Bone className="h-40" />
      </Loading>
    ) : (
      <LoadFailed reason={error} onRetry={() => void load()} />
    )
  }
  return (
    <>
      {keys.length === 0 ? (
        <Card>
          <Empty icon={KeyRound} title={words.empty} hint={words.emptyHint}>
            <Button icon={Plus} onClick={() => openOverlay('add-key')}>
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
      {asked?.what === 'test' && <TestKey name={asked.key.name} backend={asked.key.backend} onClose={done} />}
      {asked?.what === 'remove' && <RemoveKey of={asked.key} onClose={done} />}
    </>
  )
}

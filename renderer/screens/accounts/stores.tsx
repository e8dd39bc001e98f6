import { clsx } from 'clsx'
import { FileLock2, KeySquare, type LucideIcon, Variable } from 'lucide-react'
import type { KeyStore } from '../../../proxy/app/contract.ts'
import { Button } from '../../components/button.tsx'
import { Card, Panel } from '../../components/panel.tsx'
import { StateTag } from '../../components/state.tsx'
import { openOverlay } from '../../stores/overlay.ts'
import { text } from '../../text/text.ts'

const words = text.keys.store
const icons: Readonly<Record<KeyStore['id'], LucideIcon>> = { keychain: KeySquare, file: FileLock2, env: Variable }

/** Where keys are kept, which place new ones go to, and a warning where that one is weak. */
export function Stores({ stores }: { readonly stores: readonly KeyStore[] }) {
  const hasPlace = stores.some(store => store.inUse)
  return (
    <Panel title={words.title}>
      <Card className={clsx(!hasPlace && 'border-warn')}>
        {!hasPlace && <p className="border-b border-line px-3 py-2 text-warn">{words.none}</p>}
        <ul className="divide-y divide-line">
          {stores.map(store => {
            const Icon = icons[store.id]
            return (
              <li
                key={store.id}
                className={clsx('flex items-center gap-3 px-3 py-2', store.inUse && store.weak && 'bg-warn-soft')}
              >
                <Icon size={16} className={store.usable ? 'text-text-2' : 'text-text-3'} aria-hidden />
                <span className="min-w-0 flex-1">
                  <span className={clsx('block', store.inUse ? 'font-semibold' : 'text-text-2')}>{store.title}</span>
                  <span className={clsx('block text-small', store.inUse && store.weak ? 'text-warn' : 'text-text-3')}>
                    {store.detail}
                  </span>
                </span>
                {store.locked && (
                  <Button size="small" onClick={() => openOverlay('unlock')}>
                    {text.unlock.open}
                  </Button>
                )}
                {store.inUse && store.weak && <StateTag tone="warn">{words.weak}</StateTag>}
                {store.inUse && <StateTag tone="ok">{words.inUse}</StateTag>}
                {!store.inUse && (
                  <StateTag tone="idle">
                    {store.usable ? words.usable : store.locked ? words.locked : unusableWord(store)}
                  </StateTag>
                )}
              </li>
            )
          })}
        </ul>
      </Card>
    </Panel>
  )
}

/** A file that no keys are in yet is made with the first key and its passphrase. */
function unusableWord({ id }: KeyStore): string {
  return id === 'file' ? words.needsPassphrase : words.unusable
}

import { Ellipsis, FlaskConical, Trash2 } from 'lucide-react'
import type { KeyRow } from '../../../proxy/app/contract.ts'
import { type KeyHealth, keyTones } from '../../backend-state.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { Card } from '../../components/panel.tsx'
import { StateTag } from '../../components/state.tsx'
import type { Tone } from '../../outcomes.ts'
import { useBackends } from '../../stores/backends.ts'
import { ago, dayOf, NONE } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { healthInWords, healthOf } from './states.ts'

const words = text.keys
const tones: Readonly<Record<KeyRow['state'], Tone>> = { ready: 'ok', unreadable: 'error', locked: 'warn' }

interface KeyTableProps {
  readonly keys: readonly KeyRow[]
  readonly onTest: (key: KeyRow) => void
  readonly onRemove: (key: KeyRow) => void
}

export function KeyTable({ keys, onTest, onRemove }: KeyTableProps) {
  return (
    <Card className="overflow-x-auto">
      <table className="w-full">
        <thead className="text-left text-caption text-text-3">
          <tr className="border-b border-line [&>th]:px-3 [&>th]:py-1.5 [&>th]:font-medium">
            <th>{words.column.key}</th>
            <th>{words.column.source}</th>
            <th>{words.column.state}</th>
            <th className="whitespace-nowrap">{words.column.lastUsed}</th>
            <th>
              <span className="sr-only">{text.actions.more}</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {keys.map(key => (
            <KeyLine key={key.name} of={key} onTest={onTest} onRemove={onRemove} />
          ))}
        </tbody>
      </table>
    </Card>
  )
}

interface KeyLineProps extends Omit<KeyTableProps, 'keys'> {
  readonly of: KeyRow
}

function KeyLine({ of: key, onTest, onRemove }: KeyLineProps) {
  const backend = useBackends(state => state.backends?.find(({ id }) => id === key.backend))
  const title = backend?.title ?? key.backend
  return (
    <tr className="[&>td]:px-3 [&>td]:py-2 [&>td]:align-top">
      <td>
        <span className="font-semibold">{key.name === key.backend ? title : key.name}</span>
        {key.name !== key.backend && <span className="ml-1.5 text-text-3">{title}</span>}
        <span className="selectable block font-mono text-small text-text-3">
          {key.fingerprint === undefined ? '…' : `…${key.fingerprint}`}
        </span>
      </td>
      <td>
        {words.source[key.source]}
        {key.envName !== undefined && (
          <span className="selectable block font-mono text-small text-text-3">{key.envName}</span>
        )}
        {key.addedAt !== undefined && (
          <span className="block text-small text-text-3">{words.addedOn(dayOf(key.addedAt))}</span>
        )}
      </td>
      <td>
        <KeyState of={key} health={healthOf(key, backend)} />
      </td>
      <td className="whitespace-nowrap text-text-2">{key.lastUsedAt === undefined ? NONE : ago(key.lastUsedAt)}</td>
      <td>
        <span className="flex justify-end gap-1">
          <Button
            size="small"
            icon={FlaskConical}
            disabled={!key.inUse}
            aria-label={words.testOf(key.name)}
            onClick={() => onTest(key)}
          >
            {words.test}
          </Button>
          <Menu align="end" trigger={<IconButton icon={Ellipsis} size="small" label={words.actionsOf(key.name)} />}>
            {key.source === 'env' ? (
              <MenuItem icon={Trash2} disabled onSelect={() => undefined}>
                {words.envHint(key.envName ?? '')}
              </MenuItem>
            ) : (
              <MenuItem icon={Trash2} onSelect={() => onRemove(key)}>
                {words.remove}…
              </MenuItem>
            )}
          </Menu>
        </span>
      </td>
    </tr>
  )
}

/** How a key is, and where its backend has found fault with it, that. */
function KeyState({ of: key, health }: { readonly of: KeyRow; readonly health: KeyHealth | undefined }) {
  const isFaulty = key.state === 'ready' && health !== undefined && health.state !== 'ready'
  const detail = isFaulty ? health.detail : key.detail
  return (
    <>
      {isFaulty ? (
        <StateTag tone={keyTones[health.state]}>{healthInWords(health)}</StateTag>
      ) : (
        <StateTag tone={key.inUse || key.state !== 'ready' ? tones[key.state] : 'idle'}>
          {key.inUse || key.state !== 'ready' ? words.state[key.state] : words.notInUse}
        </StateTag>
      )}
      {detail !== undefined && <span className="mt-0.5 block text-small break-words text-text-3">{detail}</span>}
    </>
  )
}

import { Ellipsis, FlaskConical, KeyRound, Pencil, Trash2 } from 'lucide-react'
import type { BackendRow } from '../../../proxy/app/contract.ts'
import { toneOfBackend, wordOfBackend } from '../../backend-state.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { StateTag } from '../../components/state.tsx'
import { ago } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { BackendKeys } from './backend-keys.tsx'

const words = text.accounts.backends

interface BackendLineProps {
  readonly of: BackendRow
  readonly onAsk: (what: 'test' | 'add-key' | 'edit' | 'remove') => void
}

/** A backend: what and where it is, how it is, and each of its keys. */
export function BackendLine({ of: backend, onAsk }: BackendLineProps) {
  const { id, title, kind, protocol, url, via, state, detail, isDefault, listed, keys = [] } = backend
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-1 px-3 py-2">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="font-semibold break-words">{title}</span>
          {title !== id && <span className="selectable font-mono text-small break-all text-text-3">{id}</span>}
          {isDefault && (
            <span className="text-caption font-medium text-accent">{text.overview.backends.isDefault}</span>
          )}
        </p>
        <p className="selectable text-small break-all text-text-3">
          {protocol}
          {url !== undefined && ` · ${url}`}
        </p>
        {via !== undefined && <p className="text-small break-words text-text-3">{words.via(via)}</p>}
        {listed !== undefined && <p className="text-small text-text-3">{words.listed(listed.count, ago(listed.at))}</p>}
      </div>
      <div className="min-w-0 flex-1 basis-60">
        <StateTag tone={toneOfBackend(backend)}>{wordOfBackend(backend)}</StateTag>
        <p className="mt-0.5 text-small break-words text-text-3">{detail}</p>
        {keys.length > 1 && <BackendKeys of={backend} />}
      </div>
      <span className="flex gap-1">
        <Button
          size="small"
          icon={FlaskConical}
          disabled={state === 'off'}
          aria-label={text.keys.testOf(title)}
          onClick={() => onAsk('test')}
        >
          {text.keys.test}
        </Button>
        <Menu align="end" trigger={<IconButton icon={Ellipsis} size="small" label={text.keys.actionsOf(title)} />}>
          <MenuItem icon={KeyRound} disabled={url === undefined} onSelect={() => onAsk('add-key')}>
            {text.keys.add}…
          </MenuItem>
          {kind === 'custom' && (
            <>
              <MenuItem icon={Pencil} onSelect={() => onAsk('edit')}>
                {words.edit}…
              </MenuItem>
              <MenuItem icon={Trash2} onSelect={() => onAsk('remove')}>
                {text.actions.remove}…
              </MenuItem>
            </>
          )}
        </Menu>
      </span>
    </li>
  )
}

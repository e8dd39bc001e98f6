import { useState } from 'react'
import type { BackendRow } from '../../../proxy/app/contract.ts'
import { toneOfBackend, wordOfBackend } from '../../backend-state.ts'
import { Button } from '../../components/button.tsx'
import { Card, Empty, Panel } from '../../components/panel.tsx'
import { StateTag } from '../../components/state.tsx'
import { Tip } from '../../components/tip.tsx'
import { goTo } from '../../stores/place.ts'
import { duration, share } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const words = text.overview.backends

/** Tiles shown before the rest is asked for. */
const SHOWN = 8

function rank({ isDefault, turns, state }: BackendRow): number {
  if (isDefault) return 0
  return turns > 0 ? 1 : state === 'ready' ? 2 : 3
}

/** A tile for each backend, those in use first: whether it is ready, and how it did in the last hour. */
export function Backends({ backends }: { readonly backends: readonly BackendRow[] }) {
  const [all, setAll] = useState(false)
  const usedFirst = [...backends].sort((a, b) => rank(a) - rank(b))
  const shown = all ? usedFirst : usedFirst.slice(0, SHOWN)
  const hidden = backends.length - shown.length
  return (
    <Panel
      title={words.title}
      note={words.hour}
      actions={
        hidden > 0 && (
          <Button size="small" look="ghost" onClick={() => setAll(true)}>
            {text.more(hidden)}
          </Button>
        )
      }
    >
      {backends.length === 0 ? (
        <Card>
          <Empty size="part" title={words.none} />
        </Card>
      ) : (
        <ul className="grid grid-cols-2 gap-2.5 min-[1000px]:grid-cols-4">
          {shown.map(backend => (
            <li key={backend.id} className="min-w-0">
              <Tile backend={backend} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Tile({ backend }: { readonly backend: BackendRow }) {
  const { id, title, detail, isDefault } = backend
  return (
    <Tip label={detail}>
      <button
        type="button"
        onClick={() => goTo('traffic', { backend: id })}
        className="w-full rounded-card border border-line bg-surface px-3 py-2.5 text-left transition-colors duration-100 hover:border-line-strong"
      >
        <span className="flex items-center gap-2">
          <span className="truncate font-semibold">{title}</span>
          {isDefault && <span className="text-caption text-text-3">{words.isDefault}</span>}
          <span className="ml-auto">
            <StateTag tone={toneOfBackend(backend)}>{wordOfBackend(backend)}</StateTag>
          </span>
        </span>
        <span className="mt-1 block truncate text-small text-text-3">{summary(backend)}</span>
      </button>
    </Tip>
  )
}

function summary({ state, detail, turns, failures, medianFirstTokenMs }: BackendRow): string {
  if (state !== 'ready') return detail
  if (turns === 0) return words.quiet
  const ok = words.ok(share((turns - failures) / turns))
  return medianFirstTokenMs === undefined ? ok : `${ok} · ${words.firstToken(duration(medianFirstTokenMs))}`
}

import { History } from 'lucide-react'
import { type ReactNode, useEffect, useId, useState } from 'react'
import type { Explanation, Input, TurnRow } from '../../../proxy/app/contract.ts'
import { call } from '../../bridge.ts'
import { IconButton } from '../../components/button.tsx'
import { Switch, TextInput } from '../../components/field.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { Card, Panel } from '../../components/panel.tsx'
import { StateTag } from '../../components/state.tsx'
import { useRoute } from '../../stores/route.ts'
import { useRouting } from '../../stores/routing.ts'
import { useTurns } from '../../stores/turns.ts'
import { digitsOf } from '../../text/digits.ts'
import { text } from '../../text/text.ts'
import { BreakerTag } from './breakers.tsx'
import { type FrontendChoice, frontends, FrontendSelect } from './frontend-select.tsx'
import { SelectorInput } from './selector-input.tsx'

const words = text.routing.tryIt

/** How many different recent requests are offered. */
const RECENT = 8

/** A request that is supposed, as it is typed. */
interface Draft {
  readonly model: string
  readonly client: string
  readonly frontend: FrontendChoice
  readonly images: boolean
  readonly tools: boolean
  readonly tokens: string
}

const nothing: Draft = { model: '', client: '', frontend: 'any', images: false, tools: false, tokens: '' }

/** Shows where a request would go, as it is typed; nothing is sent. */
export function TryIt() {
  const [draft, setDraft] = useState(nothing)
  const [found, setFound] = useState<Explanation>()
  const [problem, setProblem] = useState<string>()
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change })
  const routing = useRouting(state => state.routing)
  const route = useRoute(state => state.route)
  const clients = useId()

  // Anew with every letter, and whenever the routing has changed.
  useEffect(() => {
    let isLatest = true
    call('routing.explain', supposedOf(draft)).then(
      answer => {
        if (!isLatest) return
        setFound(answer.ok ? answer.explanation : undefined)
        setProblem(answer.ok ? undefined : answer.reason)
      },
      (error: unknown) => {
        if (isLatest) setProblem((error as Error).message)
      },
    )
    return () => {
      isLatest = false
    }
  }, [draft, routing, route])

  // Nothing has been supposed yet, and the default alone does not name a model: that is no fault of anybody's.
  const isUnasked = draft === nothing && found?.error !== undefined

  return (
    <Panel title={words.title} actions={<Recent onChoose={turn => setDraft(draftOf(turn))} />}>
      <Card className="flex flex-col gap-3 p-3">
        <p className="text-text-2">{words.hint}</p>
        <Labelled label={words.model}>
          <SelectorInput
            value={draft.model}
            placeholder={words.modelPlaceholder}
            onChange={event => set({ model: event.target.value })}
          />
        </Labelled>
        <div className="grid grid-cols-2 gap-3">
          <Labelled label={words.client}>
            <TextInput
              list={clients}
              value={draft.client}
              placeholder={words.any}
              onChange={event => set({ client: event.target.value })}
              className="font-mono"
            />
            <Clients id={clients} />
          </Labelled>
          <Labelled label={words.frontend}>
            <FrontendSelect
              label={words.frontend}
              any={words.any}
              value={draft.frontend}
              onChange={frontend => set({ frontend })}
            />
          </Labelled>
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <Whether label={words.images} checked={draft.images} onChange={images => set({ images })} />
          <Whether label={words.tools} checked={draft.tools} onChange={tools => set({ tools })} />
          <label className="ml-auto flex items-center gap-2">
            {words.tokens}
            <TextInput
              inputMode="numeric"
              value={draft.tokens}
              placeholder="0"
              onChange={event => set({ tokens: digitsOf(event.target.value, 9) })}
              className="w-16 text-right"
            />
          </label>
        </div>
        <div role="status" aria-label={words.title} className="flex flex-col gap-3 border-t border-line pt-3">
          {problem !== undefined ? (
            <p className="text-error">{problem}</p>
          ) : isUnasked ? (
            <p className="text-text-2">{words.begin}</p>
          ) : (
            found !== undefined && <Path of={found} />
          )}
        </div>
      </Card>
    </Panel>
  )
}

/** The decision, and how it came about. */
function Path({
  of: { steps, decidedBy, kind = 'chain', targets = [], breakers = [], error },
}: {
  readonly of: Explanation
}) {
  const resting = useRouting(state => state.breakers)
  return (
    <>
      {error === undefined ? (
        <div>
          <p className="text-text-2">
            {words.decidedBy} <span className="font-semibold text-text">{decidedBy}</span>
          </p>
          <p className="mt-1 text-caption font-medium text-text-3">{words.kinds[kind]}</p>
          <ol aria-label={words.targets} className="flex flex-col gap-1">
            {targets.map((target, at) => {
              const breaker = resting.find(({ target }) => target === breakers[at])
              return (
                <li key={at} className="flex flex-wrap items-center gap-2">
                  <span className="selectable min-w-0 font-mono text-small font-semibold wrap-anywhere">{target}</span>
                  {breaker !== undefined && <BreakerTag of={breaker} />}
                </li>
              )
            })}
          </ol>
        </div>
      ) : (
        <div className="flex flex-col items-start gap-1">
          <StateTag tone="error">{words.refused}</StateTag>
          <p className="selectable break-words">{error}</p>
        </div>
      )}
      <div>
        <p className="text-caption font-medium text-text-3">{words.steps}</p>
        <ol aria-label={words.steps} className="selectable list-decimal pl-6 text-small break-words text-text-2">
          {steps.map((step, at) => (
            <li key={at} className={error === undefined && at === steps.length - 1 ? 'text-text' : undefined}>
              {step}
            </li>
          ))}
        </ol>
      </div>
    </>
  )
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <label className="flex min-w-0 flex-col gap-1">
      <span className="font-semibold">{label}</span>
      {children}
    </label>
  )
}

interface WhetherProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

function Whether({ label, checked, onChange }: WhetherProps) {
  return (
    <span className="flex items-center gap-1.5">
      <Switch label={label} checked={checked} onChange={onChange} />
      <span aria-hidden>{label}</span>
    </span>
  )
}

/** Requests of late, one of each kind. */
function Recent({ onChoose }: { readonly onChoose: (turn: TurnRow) => void }) {
  const turns = useTurns(state => state.turns) ?? []
  const kinds = new Map(turns.slice(0, 500).map(turn => [`${turn.client} ${turn.frontend} ${turn.asked}`, turn]))
  if (kinds.size === 0) return null
  return (
    <Menu align="end" trigger={<IconButton icon={History} size="small" label={words.recent} />}>
      {[...kinds].slice(0, RECENT).map(([kind, turn]) => (
        <MenuItem key={kind} onSelect={() => onChoose(turn)}>
          <span className="font-mono text-small">{turn.asked}</span>
          <span className="text-text-3">{` ${turn.client}`}</span>
        </MenuItem>
      ))}
    </Menu>
  )
}

/** The clients that were seen of late. */
function Clients({ id }: { readonly id: string }) {
  const turns = useTurns(state => state.turns) ?? []
  const names = new Set(turns.slice(0, 500).map(turn => turn.client))
  return (
    <datalist id={id}>
      {[...names].map(name => (
        <option key={name} value={name} />
      ))}
    </datalist>
  )
}

function draftOf({ asked, client, frontend }: TurnRow): Draft {
  return { ...nothing, model: asked, client, frontend: frontends.find(known => known === frontend) ?? 'any' }
}

function supposedOf({ model, client, frontend, images, tools, tokens }: Draft): Input<'routing.explain'> {
  return {
    model: model.trim(),
    images,
    tools,
    tokens: Number(tokens),
    ...(client.trim() === '' ? {} : { client: client.trim() }),
    ...(frontend === 'any' ? {} : { frontend }),
  }
}

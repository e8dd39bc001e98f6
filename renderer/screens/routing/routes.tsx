import { useState } from 'react'
import type { NamedRoute, Routing } from '../../../proxy/app/contract.ts'
import { Field, Select, TextField } from '../../components/field.tsx'
import { useRouting } from '../../stores/routing.ts'
import { text } from '../../text/text.ts'
import { ItemsPanel } from './items-panel.tsx'
import { MovableList } from './movable-list.tsx'
import { filled } from './rule-draft.ts'
import { Targets } from './rules.tsx'
import { SelectorList } from './selector-input.tsx'
import { Remove, Sheet } from './sheet.tsx'

const words = text.routing.routes
const policies = ['km', 'mk', 'k', 'm'] as const

interface Question {
  readonly what: 'form' | 'remove'
  readonly route?: NamedRoute | undefined
}

/** The routes that are asked for by name. Their order says nothing. */
export function Routes({ routes }: { readonly routes: Routing['routes'] }) {
  const [asked, setAsked] = useState<Question>()
  const done = () => setAsked(undefined)
  const name = asked?.route?.name ?? ''

  return (
    <ItemsPanel
      words={words}
      isEmpty={routes.length === 0}
      onAdd={() => setAsked({ what: 'form' })}
      list={
        <MovableList
          label={words.title}
          items={routes}
          nameOf={({ route }) => words.named(route.name)}
          onEdit={at => setAsked({ what: 'form', route: routes[at]?.route })}
          onRemove={at => setAsked({ what: 'remove', route: routes[at]?.route })}
        >
          {({ route, source }) => (
            <>
              <span className="flex items-baseline gap-2">
                <span className="min-w-0 font-mono text-small font-semibold break-all">{route.name}</span>
                <span className="min-w-0 text-text-2">{words.policy[route.policy]}</span>
                <span className="ml-auto shrink-0 text-caption text-text-3">{source}</span>
              </span>
              <Targets targets={route.elements} />
            </>
          )}
        </MovableList>
      }
    >
      {asked?.what === 'form' && <RouteForm of={asked.route} onClose={done} />}
      {asked?.what === 'remove' && (
        <Remove name={words.named(name)} remove={() => useRouting.getState().removeRoute(name)} onClose={done} />
      )}
    </ItemsPanel>
  )
}

function RouteForm({ of, onClose }: { readonly of: NamedRoute | undefined; readonly onClose: () => void }) {
  const [name, setName] = useState(of?.name ?? '')
  const [policy, setPolicy] = useState<NamedRoute['policy']>(of?.policy ?? 'km')
  const [elements, setElements] = useState<readonly string[]>(of?.elements ?? [''])
  const route = { name: of?.name ?? name.trim(), policy, elements: filled(elements) }
  return (
    <Sheet
      title={of === undefined ? words.form.addTitle : words.form.editTitle(of.name)}
      name={words.named(route.name)}
      isComplete={route.name !== '' && route.elements.length > 0}
      save={() => useRouting.getState().saveRoute({ route, isNew: of === undefined })}
      onClose={onClose}
    >
      {of === undefined && (
        <TextField
          label={words.form.name}
          hint={words.form.nameHint}
          value={name}
          onChange={setName}
          isCode
          autoFocus
        />
      )}
      <Field label={words.form.policy}>
        {({ id }) => (
          <Select
            id={id}
            label={words.form.policy}
            value={policy}
            choices={policies.map(value => ({ value, label: words.policy[value] }))}
            onChange={setPolicy}
          />
        )}
      </Field>
      <div className="flex flex-col gap-1">
        <p className="font-semibold">{words.form.elements}</p>
        <p className="text-small text-text-3">{words.form.elementsHint}</p>
        <SelectorList label={words.form.elements} values={elements} onChange={setElements} />
      </div>
    </Sheet>
  )
}

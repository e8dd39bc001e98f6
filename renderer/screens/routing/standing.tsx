import { Lock } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import type { Routing } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Button } from '../../components/button.tsx'
import { Switch } from '../../components/field.tsx'
import { Card, Panel } from '../../components/panel.tsx'
import { openOverlay } from '../../stores/overlay.ts'
import { useRouting } from '../../stores/routing.ts'
import { text } from '../../text/text.ts'
import { SelectorInput } from './selector-input.tsx'

const words = text.routing.standing

/** Where turns go that nothing else decides on. */
export function Standing({ routing }: { readonly routing: Routing }) {
  const { defaultBackend, staticRoute, lockStaticRoute } = routing
  return (
    <Panel title={words.title}>
      <Card className="divide-y divide-line">
        <SelectorRow
          // What was typed and not saved goes when the value changes elsewhere.
          key={`default ${defaultBackend.value ?? ''}`}
          settingKey="default_backend"
          label={words.default}
          effect={words.defaultEffect}
          setting={defaultBackend}
        >
          <Button onClick={() => openOverlay('route')}>{words.choose}</Button>
        </SelectorRow>
        <SelectorRow
          key={`static ${staticRoute.value ?? ''}`}
          settingKey="static_route"
          label={words.static}
          effect={words.staticEffect}
          setting={staticRoute}
        />
        {(staticRoute.value !== undefined || lockStaticRoute.value) && (
          <Row label={words.lock} effect={words.lockEffect} setting={lockStaticRoute}>
            {describedBy => (
              <Switch
                label={words.lock}
                describedBy={describedBy}
                checked={lockStaticRoute.value}
                disabled={lockStaticRoute.locked !== undefined}
                onChange={isLocked =>
                  void attempt(useRouting.getState().change('routing.lock_static_route', isLocked ? true : null))
                }
              />
            )}
          </Row>
        )}
      </Card>
    </Panel>
  )
}

interface SelectorRowProps {
  /** In the config. */
  readonly settingKey: string
  readonly label: string
  readonly effect: string
  readonly setting: Routing['staticRoute']
  readonly children?: ReactNode
}

function SelectorRow({ settingKey, label, effect, setting, children }: SelectorRowProps) {
  const before = setting.value ?? ''
  const [typed, setTyped] = useState(before)
  const [refusal, setRefusal] = useState<string>()
  const keep = async () => {
    const value = typed.trim()
    if (value === before) return
    try {
      const done = await useRouting.getState().change(settingKey, value === '' ? null : value)
      setRefusal(done.ok ? undefined : done.reason)
    } catch (error) {
      setRefusal((error as Error).message)
    }
  }
  return (
    <Row label={label} effect={effect} setting={setting} refusal={refusal}>
      {describedBy => (
        <>
          <SelectorInput
            aria-label={label}
            aria-describedby={describedBy}
            aria-invalid={refusal !== undefined}
            placeholder={words.none}
            disabled={setting.locked !== undefined}
            value={typed}
            onChange={event => setTyped(event.target.value)}
            onBlur={() => void keep()}
            onKeyDown={event => {
              if (event.key === 'Enter') void keep()
              if (event.key !== 'Escape') return
              setTyped(before)
              setRefusal(undefined)
            }}
            className="w-60 min-w-0"
          />
          {setting.locked === undefined && children}
        </>
      )}
    </Row>
  )
}

interface RowProps {
  readonly label: string
  readonly effect: string
  readonly setting: Pick<Routing['staticRoute'], 'source' | 'locked'>
  readonly refusal?: string | undefined
  readonly children: (describedBy: string) => ReactNode
}

function Row({ label, effect, setting: { source, locked }, refusal, children }: RowProps) {
  const id = useId()
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-1 px-3 py-2">
      <div className="min-w-0 flex-1 basis-44" id={id}>
        <p className="font-semibold">{label}</p>
        <p className="text-small text-text-2">{effect}</p>
        {locked !== undefined && (
          <p className="flex items-center gap-1 text-small text-text-3">
            <Lock size={12} aria-hidden />
            {locked}
          </p>
        )}
        {refusal !== undefined && (
          <p role="alert" className="selectable text-small break-words text-error">
            {refusal}
          </p>
        )}
      </div>
      <div className="flex flex-col items-end gap-1">
        <div className="flex min-h-7 items-center gap-1">{children(id)}</div>
        <p className="text-caption text-text-3">{source === 'default' ? text.settings.source.default : source}</p>
      </div>
    </div>
  )
}

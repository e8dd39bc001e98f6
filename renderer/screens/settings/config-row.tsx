import { Lock } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { Setting } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Button } from '../../components/button.tsx'
import { Select, TextInput } from '../../components/field.tsx'
import { useSettings } from '../../stores/settings.ts'
import { useStatus } from '../../stores/status.ts'
import { number } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { SettingRow } from './group.tsx'
import { type Item, shownValue } from './items.ts'

const words = text.settings

/** A setting of the config file. */
export function ConfigRow({ item, setting }: { readonly item: Item; readonly setting: Setting }) {
  const [refusal, setRefusal] = useState<string>()
  const save = async (value: Setting['value']) => {
    try {
      const done = await useSettings.getState().change(setting.key, value)
      setRefusal(done.ok ? undefined : done.reason)
    } catch (error) {
      setRefusal((error as Error).message)
    }
  }
  const isDefault = String(setting.value) === String(setting.default)
  return (
    <SettingRow
      label={item.label}
      effect={item.effect}
      source={setting.source === 'default' ? words.source.default : setting.source}
      reset={
        isDefault || setting.locked !== undefined
          ? undefined
          : { to: shownValue(item, setting.default), run: () => void save(setting.default) }
      }
      note={<Notes item={item} setting={setting} refusal={refusal} />}
    >
      {describedBy => (
        <Control
          // What was typed and not saved goes when the value changes elsewhere.
          key={String(setting.value)}
          item={item}
          setting={setting}
          describedBy={describedBy}
          onSave={value => void save(value)}
          onWrong={setRefusal}
        />
      )}
    </SettingRow>
  )
}

interface NotesProps {
  readonly item: Item
  readonly setting: Setting
  readonly refusal: string | undefined
}

function Notes({ item, setting, refusal }: NotesProps): ReactNode {
  const status = useStatus(state => state.status)
  const running =
    setting.key === 'server.port' ? status?.port : setting.key === 'server.host' ? status?.host : setting.value
  const isWaiting = item.needsRestart === true && status?.run === 'running' && running !== setting.value
  const hint =
    item.control.type === 'choice' ? item.control.choices.find(({ value }) => value === setting.value)?.hint : undefined
  return (
    <>
      {hint !== undefined && <p className="text-text-3">{hint}</p>}
      {setting.key === 'server.host' && !isLoopback(String(setting.value)) && <p className="text-warn">{words.lan}</p>}
      {setting.locked !== undefined && (
        <p className="flex items-center gap-1 text-text-3">
          <Lock size={12} aria-hidden />
          {setting.locked}
        </p>
      )}
      {refusal !== undefined && (
        <p role="alert" className="text-error">
          {refusal}
        </p>
      )}
      {isWaiting && (
        <p className="flex items-center gap-2 text-info">
          {words.restart}
          <Button size="small" onClick={() => void attempt(useStatus.getState().restart())}>
            {words.restartNow}
          </Button>
        </p>
      )}
    </>
  )
}

interface ControlProps {
  readonly item: Item
  readonly setting: Setting
  readonly describedBy: string
  readonly onSave: (value: Setting['value']) => void
  /** Told what is wrong with what was typed, or that nothing is. */
  readonly onWrong: (why: string | undefined) => void
}

function Control({ item, setting, describedBy, onSave, onWrong }: ControlProps) {
  const { control, label } = item
  const [typed, setTyped] = useState(String(setting.value))
  const isLocked = setting.locked !== undefined
  if (control.type === 'choice') {
    return (
      <Select
        label={label}
        value={String(setting.value)}
        choices={control.choices}
        onChange={onSave}
        disabled={isLocked}
        className="w-44"
      />
    )
  }

  const keep = () => {
    if (typed === String(setting.value)) return
    const wrong = wrongWith(control, typed)
    onWrong(wrong)
    if (wrong === undefined) onSave(control.type === 'number' ? Number(typed) : typed.trim())
  }
  return (
    <>
      <TextInput
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={typed !== String(setting.value) && wrongWith(control, typed) !== undefined}
        inputMode={control.type === 'number' ? 'numeric' : undefined}
        disabled={isLocked}
        value={typed}
        onChange={event => setTyped(event.target.value)}
        onBlur={keep}
        onKeyDown={event => {
          if (event.key === 'Enter') keep()
          if (event.key === 'Escape') setTyped(String(setting.value))
        }}
        className={control.type === 'number' ? 'w-24 text-right' : 'w-44 font-mono'}
      />
      {control.type === 'number' && control.unit !== undefined && <span className="text-text-3">{control.unit}</span>}
    </>
  )
}

function wrongWith(control: Item['control'], typed: string): string | undefined {
  if (control.type === 'text') return control.check(typed.trim()) ? undefined : control.wrong
  if (control.type === 'choice') return undefined
  const value = Number(typed)
  const isRight = typed.trim() !== '' && Number.isInteger(value) && value >= control.least && value <= control.most
  return isRight ? undefined : words.badNumber(number(control.least), number(control.most))
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

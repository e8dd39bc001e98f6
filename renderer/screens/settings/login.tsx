import type { ReactElement } from 'react'
import type { LoginItem } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Switch } from '../../components/field.tsx'
import { useSettings } from '../../stores/settings.ts'
import { text } from '../../text/text.ts'
import { SettingRow } from './group.tsx'
import { isFound } from './items.ts'

const words = text.settings

/** The three switches of what happens at login and launch, with what each is unless somebody changes it. */
const switches = [
  { name: 'launchAtLogin', standard: false },
  { name: 'startHidden', standard: true },
  { name: 'startProxyAtLaunch', standard: true },
] as const

/** What happens at login and at launch; nothing until the app has told of it. */
export function loginRows(search: string, loginItem: LoginItem | undefined): readonly ReactElement[] {
  if (loginItem === undefined) return []
  return switches
    .filter(({ name }) => isFound(search, words.items[name].label, words.items[name].effect))
    .map(one => <LoginRow key={one.name} {...one} loginItem={loginItem} />)
}

type LoginRowProps = (typeof switches)[number] & { readonly loginItem: LoginItem }

function LoginRow({ name, standard, loginItem }: LoginRowProps) {
  const { label, effect } = words.items[name]
  const value = loginItem.supported && loginItem[name]
  const set = (next: boolean) => void attempt(useSettings.getState().changeLoginItem({ [name]: next }))
  return (
    <SettingRow
      label={label}
      effect={effect}
      source={!loginItem.supported ? words.source.desktop : value === standard ? words.source.default : sourceOf(name)}
      reset={
        loginItem.supported && value !== standard
          ? { to: standard ? words.on : words.off, run: () => set(standard) }
          : undefined
      }
      note={noteOf(name, loginItem)}
    >
      {describedBy => (
        <Switch
          label={label}
          checked={value}
          disabled={!loginItem.supported}
          onChange={set}
          describedBy={describedBy}
        />
      )}
    </SettingRow>
  )
}

function sourceOf(name: (typeof switches)[number]['name']): string {
  return name === 'launchAtLogin' ? words.source.system : words.source.app
}

function noteOf(name: (typeof switches)[number]['name'], loginItem: LoginItem) {
  if (!loginItem.supported) return <span className="text-text-3">{loginItem.reason}</span>
  if (name !== 'launchAtLogin') return undefined
  if (loginItem.remedy !== undefined) return <span className="text-warn">{loginItem.remedy}</span>
  return loginItem.changedOutside ? <span className="text-warn">{words.changedOutside}</span> : undefined
}

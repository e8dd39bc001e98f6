import type { ReactElement } from 'react'
import { Segments } from '../../components/field.tsx'
import { type Density, type Theme, usePreferences } from '../../stores/preferences.ts'
import { text } from '../../text/text.ts'
import { SettingRow } from './group.tsx'
import { isFound } from './items.ts'

const words = text.settings

/** How this window looks; kept by the window itself. */
export function appearanceRows(search: string): readonly ReactElement[] {
  const rows = []
  if (isFound(search, words.items.theme.label, words.items.theme.effect)) rows.push(<ThemeRow key="theme" />)
  if (isFound(search, words.items.density.label, words.items.density.effect)) rows.push(<DensityRow key="density" />)
  return rows
}

function ThemeRow() {
  const theme = usePreferences(state => state.theme)
  const set = (next: Theme) => usePreferences.setState({ theme: next })
  return (
    <SettingRow
      {...words.items.theme}
      source={theme === 'system' ? words.source.default : words.source.window}
      reset={theme === 'system' ? undefined : { to: words.theme.system, run: () => set('system') }}
    >
      {() => (
        <Segments
          label={words.items.theme.label}
          value={theme}
          choices={(['system', 'light', 'dark'] as const).map(value => ({ value, label: words.theme[value] }))}
          onChange={set}
        />
      )}
    </SettingRow>
  )
}

function DensityRow() {
  const density = usePreferences(state => state.density)
  const set = (next: Density) => usePreferences.setState({ density: next })
  return (
    <SettingRow
      {...words.items.density}
      source={density === 'compact' ? words.source.default : words.source.window}
      reset={density === 'compact' ? undefined : { to: words.density.compact, run: () => set('compact') }}
    >
      {() => (
        <Segments
          label={words.items.density.label}
          value={density}
          choices={(['compact', 'comfortable'] as const).map(value => ({ value, label: words.density[value] }))}
          onChange={set}
        />
      )}
    </SettingRow>
  )
}

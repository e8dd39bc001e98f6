import type { PartOf } from '../double.ts'

/** The switches of the command line and those that the app adds, by name without dashes; an absent value is ''. */
export const switches = new Map<string, string>()

export const commandLine = {
  appendSwitch: (name, value = '') => void switches.set(name, value),
  appendArgument: () => undefined,
  hasSwitch: name => switches.has(name),
  getSwitchValue: name => switches.get(name) ?? '',
  removeSwitch: name => void switches.delete(name),
} satisfies PartOf<Electron.CommandLine>

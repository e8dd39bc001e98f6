import type { Command } from './command.ts'
import type { Setting } from './setting.ts'

/** The tables of docs/commands.md, from the definitions. */
export function commandTable(commands: readonly Command[], prefix: string): string {
  return table(
    ['Command', 'What it does', 'Also'],
    commands.map(({ help, examples, aliases = [] }) => [
      examples.map(example => code(prefix + example)).join('<br>'),
      help,
      aliases.map(alias => code(prefix + alias)).join(', '),
    ]),
  )
}

export function settingTable(settings: readonly Setting[]): string {
  return table(
    ['Setting', 'What it is', 'What it takes', 'Also'],
    settings.map(({ name, help, takes, aliases = [] }) => [code(name), help, takes, aliases.map(code).join(', ')]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
  return lines.join('\n').replaceAll(/ {2,}\|/g, ' |')
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

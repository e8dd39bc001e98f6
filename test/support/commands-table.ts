import { commands } from '../../proxy/commands/index.ts'
import { commandTable, settingTable } from '../../proxy/commands/page.ts'
import { settings } from '../../proxy/commands/settings.ts'
import { BEGIN, END } from './backends-table.ts'

/** docs/commands.md with its tables as the code has them now. */
export function withCommandTables(document: string): string {
  const [before, rest] = document.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`there is no ${BEGIN} … ${END} in the document`)
  const tables = `${commandTable(commands, '!/')}\n\n${settingTable(settings)}`
  return `${before}${BEGIN}\n\n${tables}\n\n${END}${after}`
}

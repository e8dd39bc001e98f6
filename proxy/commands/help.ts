import { z } from 'zod'
import { nearest } from '../config/nearest.ts'
import { CommandError, defineCommand, type Command } from './command.ts'
import { settings } from './settings.ts'

export const help = defineCommand({
  name: 'help',
  help: 'lists the commands, or explains one',
  examples: ['help', 'help(model)'],
  takes: ['command'],
  also: { name: 'command', cmd: 'command' },
  args: z.object({ command: z.string().optional() }),
  run({ command }, session, { commands, prefix }) {
    if (command === undefined) return { session, say: listOf(commands, prefix) }
    const name = command.toLowerCase().replace(prefix, '')
    const found = commands.find(one => one.name === name || one.aliases?.includes(name) === true)
    if (found !== undefined) return { session, say: explained(found, prefix) }
    const meant = nearest(
      name,
      commands.map(one => one.name),
    )
    throw new CommandError(
      `there is no command ${JSON.stringify(command)}${meant === undefined ? '' : `, did you mean ${meant}?`}`,
    )
  },
})

function listOf(commands: readonly Command[], prefix: string): string {
  const lines = commands.map(({ name, help }) => `- ${prefix}${name}: ${help}.`)
  return ['Commands for the proxy, typed into the chat:', ...lines].join('\n')
}

function explained({ name, aliases = [], help, examples, takesAny }: Command, prefix: string): string {
  return [
    `${prefix}${name}: ${help}.`,
    ...(aliases.length === 0 ? [] : [`Also: ${aliases.map(alias => prefix + alias).join(', ')}`]),
    ...examples.map(example => `  ${prefix}${example}`),
    ...(takesAny === true ? settings.map(({ name, help, takes }) => `- ${name}: ${help} (${takes})`) : []),
  ].join('\n')
}

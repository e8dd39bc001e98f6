import { nearest } from '../config/nearest.ts'
import { CommandError, type Command, type CommandContext, type GivenArguments } from './command.ts'
import type { Found } from './find-commands.ts'
import type { Argument } from './parse-command.ts'

/** The command that a call means, and its arguments by name. Throws a CommandError that says how the command is used. */
export function bind(
  { call, isFollowed }: Pick<Found, 'call' | 'isFollowed'>,
  { commands, prefix }: Pick<CommandContext, 'commands' | 'prefix'>,
): { readonly command: Command; readonly args: GivenArguments } {
  const name = call.name.toLowerCase()
  const command = commands.find(one => one.name === name || one.aliases?.includes(name) === true)
  if (command === undefined) throw new CommandError(unknown(call.name, commands, prefix))
  const usage = usageOf(command, prefix)
  if (!call.isClosed) throw new CommandError(`The bracket of ${prefix}${name} is never closed. ${usage}`)
  const takesSomething = command.takes.length > 0 || command.takesAny === true
  if (takesSomething && !call.hasBrackets && isFollowed) {
    throw new CommandError(
      `What ${prefix}${name} takes stands in brackets; without any it stands at the end of its line. ${usage}`,
    )
  }
  const args = argumentsFor(command, call.args, says => new CommandError(`${prefix}${name}: ${says}. ${usage}`))
  return { command: { ...command, run: withUsage(command, prefix, usage) }, args }
}

/** How a command is used, for those who did it wrong. */
function usageOf({ examples, help }: Command, prefix: string): string {
  return `It is used so: ${examples.map(example => prefix + example).join(', ')} (${help}). Nothing was changed.`
}

/** Commands that people know from elsewhere, and what is here in their place. */
const insteadOf: readonly (readonly [RegExp, string])[] = [
  [
    /^memory-(on|off|status|requeue)$/i,
    'Nothing is remembered from one conversation to the next here: write what is to be kept into the file that your client reads at its start (CLAUDE.md, AGENTS.md, GEMINI.md).',
  ],
]

function unknown(name: string, commands: readonly Command[], prefix: string): string {
  const instead = insteadOf.find(([names]) => names.test(name))?.[1]
  if (instead !== undefined) return `There is no command ${prefix}${name}. ${instead} Nothing was changed.`
  const meant = nearest(
    name,
    commands.flatMap(one => [one.name, ...(one.aliases ?? [])]),
  )
  const help = `${prefix}help lists what there is. Nothing was changed.`
  return `There is no command ${prefix}${name}.${meant === undefined ? '' : ` Did you mean ${prefix}${meant}?`} ${help}`
}

function withUsage(command: Command, prefix: string, usage: string): Command['run'] {
  return (args, session, context) => {
    try {
      return command.run(args, session, context)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      throw new CommandError(`${prefix}${command.name}: ${error.message}. ${usage}`)
    }
  }
}

/** Names are given to what has none, in the order in which the command takes them. */
function argumentsFor(
  command: Command,
  args: readonly Argument[],
  fault: (says: string) => CommandError,
): GivenArguments {
  const given: Record<string, string | string[]> = {}
  const free = [...command.takes]
  for (const { key, value, whole } of args) {
    const name = key === undefined ? undefined : nameOf(command, key, fault)
    const target = name ?? free[0]
    if (target === undefined) throw fault(tooMany(command))
    const isList = command.takesSeveral === true && target === command.takes.at(-1)
    if (!isList && Object.hasOwn(given, target)) throw fault(`${target} is given twice`)
    const text = name === undefined ? whole : value
    const before = given[target]
    given[target] = isList ? [...(Array.isArray(before) ? before : []), text] : text
    if (!isList && free.includes(target)) free.splice(free.indexOf(target), 1)
  }
  return given
}

function tooMany({ takes, takesAny }: Command): string {
  if (takesAny === true) return 'each of its arguments is name=value'
  return takes.length === 0 ? 'it takes no arguments' : 'that is an argument too many'
}

/** The argument that a key means. */
function nameOf(command: Command, key: string, fault: (says: string) => CommandError): string {
  const name = command.also?.[key] ?? key
  if (command.takesAny === true || command.takes.includes(name)) return name
  const known = [...command.takes, ...Object.keys(command.also ?? {})]
  const meant = nearest(key, known)
  throw fault(`there is no argument ${JSON.stringify(key)}${meant === undefined ? '' : `, did you mean ${meant}?`}`)
}

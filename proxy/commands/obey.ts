import type { Reply } from '../core/reply.ts'
import type { Message, Request } from '../core/request.ts'
import type { Session } from '../sessions/session.ts'
import { bind } from './bind.ts'
import { leading } from './change-session.ts'
import { CommandError, type Command, type CommandContext } from './command.ts'
import type { Found } from './find-commands.ts'
import { withoutOurTalk } from './history.ts'
import { commands } from './index.ts'
import { marked } from './mark.ts'
import { look, type Grammar } from './user-message.ts'

/** What came of the commands in a request. */
export interface Obeyed {
  /** The request as a provider may see it; the very same where nothing had to be cut. */
  readonly request: Request
  /** The session after its commands; the very same where none changed it. */
  readonly session: Session
  /** Our answer, where the message was for us alone, or could not be obeyed. */
  readonly reply?: Reply | undefined
  /** What the commands said, in order. Where the turn goes on, the user does not see it. */
  readonly said: readonly string[]
}

/** What `obey` has to be told besides the request: all of a command's context that does not follow from the session. */
export type ObeyContext = Omit<CommandContext, 'prefix' | 'commands' | 'asked'>

/**
 * Runs the commands in what the user typed last, in order, and takes all talk with the proxy out of the conversation. One
 * command that can't be run undoes those beside it, and is answered with help.
 */
export function obey(request: Request, session: Session, context: ObeyContext): Obeyed {
  const { mode, prefix: standard } = context.config.commands
  if (mode === 'off') return { request, session, said: [] }
  const { prefix = standard, formerPrefixes = [], interactive = true } = session.overrides
  const grammar: Grammar = { prefixes: [...new Set([prefix, standard, ...formerPrefixes])], names: commandNames }

  const at = lastWords(request.messages, { ...grammar, prefixes: [prefix] })
  const message = request.messages[at]
  const looked = message === undefined ? undefined : look(message, { ...grammar, prefixes: [prefix] })
  const cleaned = withoutOurTalk(request.messages, grammar, at)
  const rest = cleaned === request.messages ? request : { ...request, messages: cleaned }
  if (looked === undefined || looked.commands.length === 0) return { request: rest, session, said: [] }

  const answer = (says: string) => replyTo(request, marked(says, session.id))
  const whole = { ...context, prefix, commands, asked: request.model }
  const ran =
    mode === 'enabled' ? runAll(looked.commands, session, whole, interactive) : { session, says: [], fault: undefined }
  if (ran.fault !== undefined) return { request: rest, session, reply: answer(ran.fault), said: [ran.fault] }
  if (looked.saysMore) return { request: rest, session: ran.session, said: ran.says }
  const says = ran.says.length > 0 ? ran.says : ['Commands are switched off here; this one was left unrun.']
  return { request: rest, session: ran.session, reply: answer(says.join('\n')), said: says }
}

/** Every name that a command goes by. */
const commandNames: ReadonlySet<string> = new Set(commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]))

/**
 * The user's last message, if it is the last word of the conversation: not one that only brings results of tools, whose
 * commands have long been run, and not what a client adds behind it.
 */
function lastWords(messages: readonly Message[], grammar: Grammar): number {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]
    if (message === undefined || message.role === 'assistant') return -1
    if (message.role === 'system') continue
    const { commands: found, saysMore } = look(message, grammar)
    if (found.length > 0 || saysMore) return at
    if (message.parts.some(({ type }) => type === 'tool-result')) return -1
  }
  return -1
}

interface RanAll {
  readonly session: Session
  readonly says: readonly string[]
  readonly fault?: string | undefined
}

function runAll(found: readonly Found[], before: Session, context: CommandContext, interactive: boolean): RanAll {
  const says: string[] = []
  let session = before
  for (const one of found) {
    try {
      const { command, args } = bind(one, context)
      if (!interactive && !turnsOn(command, args)) continue
      const ran = leading(command.run(args, session, context), session, context)
      session = ran.session
      says.push(ran.say)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      return { session: before, says: [], fault: error.message }
    }
  }
  return { session, says }
}

/** The one order that is obeyed where commands are turned off. */
function turnsOn({ name }: Command, args: Readonly<Record<string, unknown>>): boolean {
  return (name === 'set' || name === 'unset') && JSON.stringify(args).includes('interactive')
}

/** A reply that cost nothing and names the model that was asked for. */
function replyTo({ model }: Request, text: string): Reply {
  return { id: '', model, parts: [{ type: 'text', text }], reason: 'end', usage: { input: 0, output: 0 } }
}

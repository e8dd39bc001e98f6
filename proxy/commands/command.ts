import type { z } from 'zod'
import type { Session } from '../sessions/session.ts'
import type { CommandsConfig } from './commands-config.ts'

/** An order to the proxy, typed into a chat. */
export interface Command {
  readonly name: string
  /** Other names that it goes by. */
  readonly aliases?: readonly string[]
  /** What it does, in a sentence without its full stop. */
  readonly help: string
  /** Calls of it as one would type them, without the prefix; the first shows the form. */
  readonly examples: readonly string[]
  /** The names of its arguments in the order in which they may be given without a name. */
  readonly takes: readonly string[]
  /** Other names of arguments: `{ value: 'model' }`. */
  readonly also?: Readonly<Record<string, string>>
  /** Whether the last of `takes` may be given several times; its argument is then a list. */
  readonly takesSeveral?: boolean
  /** Whether it takes arguments of any name (`set`). */
  readonly takesAny?: boolean
  /** Runs the checked arguments. Throws a CommandError for what can't be done. */
  readonly run: (given: GivenArguments, session: Session, context: CommandContext) => Ran
}

/** Arguments by their names, as text. */
export type GivenArguments = Readonly<Record<string, string | readonly string[]>>

/** What came of a command: the session as it now is, and what to tell the user. */
export interface Ran {
  readonly session: Session
  readonly say: string
}

/** What commands may know of the program. */
export interface CommandContext {
  /** What the client asks for in this turn. */
  readonly asked: string
  readonly config: CommandsConfig
  /** How commands begin in this session. */
  readonly prefix: string
  /** All commands, for `help`. */
  readonly commands: readonly Command[]
  /** Where a turn of a session would go, in words; or what is wrong with what it says. */
  readonly route: (session: Session) => { readonly to: string } | { readonly fault: string }
  /** Why backend and model can't be changed by commands, if they can't. */
  readonly lockedBy?: string | undefined
  /** The names of the config's failover routes. */
  readonly routeNames: readonly string[]
  /** Whether an address is one that a backend of the config has. */
  readonly isKnownHost: (host: string) => boolean
  /** The whole path of a folder, `~` and variables filled in; nothing if there is none. */
  readonly findFolder: (path: string) => string | undefined
}

/** A command that can't be run as it was typed; the message says why. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

interface Definition<Schema extends z.ZodType> extends Omit<Command, 'run'> {
  readonly args: Schema
  readonly run: (args: z.output<Schema>, session: Session, context: CommandContext) => Ran
}

/** A command from its definition: its arguments are checked before it runs. */
export function defineCommand<Schema extends z.ZodType>({ args, run, ...rest }: Definition<Schema>): Command {
  return {
    ...rest,
    run(given, session, context) {
      const checked = args.safeParse(given)
      if (checked.success) return run(checked.data, session, context)
      const [issue] = checked.error.issues
      const name = issue?.path.join('.') ?? ''
      throw new CommandError(
        issue === undefined ? 'it can’t be read' : `${name}${name === '' ? '' : ' '}${issue.message}`,
      )
    },
  }
}

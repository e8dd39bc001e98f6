import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { nearest } from '../config/nearest.ts'

/** What a verb is given of the world. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly out: NodeJS.WritableStream
  readonly err: NodeJS.WritableStream
}

/** A verb of the command line; gives the exit code. */
export type Verb = (args: readonly string[], terminal: Terminal) => Promise<number>

/** A call whose words can't be taken; the message says which and what was meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The verb among `verbs`, and what follows it. Without any it is `help`. */
export function parseVerb<Name extends string>(
  argv: readonly string[],
  verbs: Readonly<Record<Name | 'help' | 'version', unknown>>,
): { verb: Name | 'help' | 'version'; args: readonly string[] } {
  const [first = 'help', ...args] = argv
  if (first === '--version' || first === '-v') return { verb: 'version', args }
  if (first === '--help' || first === '-h' || args.includes('--help') || args.includes('-h'))
    return { verb: 'help', args: [first, ...args] }
  if (Object.hasOwn(verbs, first)) return { verb: first as Name, args }
  const meant = nearest(first, Object.keys(verbs))
  throw new UsageError(
    `There is no command ${JSON.stringify(first)}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  )
}

/** The options and the plain words of a verb. Throws a UsageError for an option that is not among `options`, naming the nearest. */
export function parseOptions<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  words: { readonly atMost: number },
) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    if (parsed.positionals.length > words.atMost) {
      throw new UsageError(`There is a word too many: ${JSON.stringify(parsed.positionals[words.atMost])}.`)
    }
    return parsed
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof TypeError)) throw error
    const unknown = args.find(
      arg => arg.startsWith('--') && !Object.hasOwn(options, arg.slice(2).split('=', 1)[0] ?? ''),
    )
    if (unknown === undefined) throw new UsageError(firstSentence(error.message))
    const meant = nearest(unknown.slice(2), Object.keys(options))
    throw new UsageError(`There is no option ${unknown}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`)
  }
}

function firstSentence(text: string): string {
  return text.split(/\. (?=[A-Z])/, 1)[0] ?? text
}

import { isSection } from '../config/key.ts'
import { partOf, withPart } from '../config/part.ts'
import { parseYaml } from '../config/parse.ts'
import { ConfigError, formatProblem, type ConfigProblem } from '../config/problems.ts'
import { readText } from '../config/read.ts'
import { routingFields } from '../config/routing-schema.ts'
import { editFile } from '../config/save.ts'
import type { Input, Output, TextProblem } from './contract.ts'
import type { AppParts } from './parts.ts'
import { checkFor } from './setting-calls.ts'

/** The sections of the config file that say where turns go. */
const sections: readonly string[] = ['default_backend', ...Object.keys(routingFields)]

/** The part of the config file that says where turns go, as its owner wrote it. */
export async function readRoutingText({ options }: AppParts): Promise<Output<'routing.text'>> {
  const { configFile } = options.paths
  try {
    return { ok: true, text: await partOf((await readText(configFile)) ?? '', sections, configFile) }
  } catch (error) {
    return { ok: false, reason: problemsOf(error).map(formatProblem).join('; ') }
  }
}

/** What would be wrong with the config, if its routing were this text. */
export async function checkRoutingText(
  parts: AppParts,
  { was, text }: Input<'routing.checkText'>,
): Promise<Output<'routing.checkText'>> {
  const { configFile } = parts.options.paths
  return told(async () => {
    const whole = (await readText(configFile)) ?? ''
    await putting(parts, { was, text })(whole)
  })
}

/** Writes the text in place of the config's routing and goes by it; where something is wrong with it, nothing is written. */
export async function saveRoutingText(
  parts: AppParts,
  asked: Input<'routing.saveText'>,
): Promise<Output<'routing.saveText'>> {
  const problems = await told(() =>
    // Checked already, where the lines of what is wrong can be told as those of the text.
    editFile(parts.options.paths.configFile, putting(parts, asked), async () => undefined),
  )
  if (problems.length === 0) await parts.reload()
  return problems
}

/** Gives a whole config with the text in it that could be one, else throws a ConfigError with lines of the text. */
function putting(parts: AppParts, { was, text }: Input<'routing.saveText'>): (whole: string) => Promise<string> {
  const { configFile: file } = parts.options.paths
  return async whole => {
    // By itself first: what is never closed would run on into the sections that follow.
    const { value, places } = await parseYaml(text, file)
    if (value !== undefined && !isSection(value)) {
      throw new ConfigError([{ line: 1, column: 1, message: 'must be a block of "key: value" entries' }])
    }
    const foreign = Object.keys(value ?? {}).find(name => !sections.includes(name))
    if (foreign !== undefined) {
      const message = `${foreign} is not of the routing`
      throw new ConfigError([{ ...places.get(foreign)?.key, message, suggestion: 'write it into the config file' }])
    }
    if ((await partOf(whole, sections, file)) !== was) throw new ConfigError([{ message: CHANGED }])
    const next = await withPart(whole, sections, { part: text, file })
    try {
      await checkFor(parts)(next.text)
    } catch (error) {
      const last = next.firstLine + text.trimEnd().split('\n').length
      throw new ConfigError(problemsOf(error).map(problem => inPart(problem, next.firstLine, last)))
    }
    return next.text
  }
}

const CHANGED =
  'The config file has changed meanwhile. Copy what you wrote, discard it, and write it into what stands there now.'

/** A problem of the whole file as one of the part, whose lines are counted from its own first. */
function inPart(problem: ConfigProblem, first: number, last: number): ConfigProblem {
  const { line } = problem
  if (line === undefined) return problem
  return line >= first && line < last ? { ...problem, line: line - first + 1 } : { message: formatProblem(problem) }
}

async function told(work: () => Promise<void>): Promise<TextProblem[]> {
  try {
    await work()
    return []
  } catch (error) {
    return problemsOf(error).map(({ line, column, message, suggestion }) => ({
      line,
      column,
      message: formatProblem({ message, suggestion }),
    }))
  }
}

function problemsOf(error: unknown): readonly ConfigProblem[] {
  if (error instanceof ConfigError) return error.problems
  throw error
}

import { readBackendFiles } from './backend-files.ts'
import { check, remark } from './check.ts'
import { createDraft, type Draft, type Origin } from './draft.ts'
import { explain } from './explain.ts'
import { dotted, isSection, leavesOf, type Path } from './key.ts'
import {
  fillTypes,
  layEnvironment,
  layFlags,
  readLevel,
  readOldSpellings,
  unread,
  type Env,
  type Flags,
  type KnownBackend,
} from './layers.ts'
import { parseYaml } from './parse.ts'
import { ConfigError, type ConfigProblem } from './problems.ts'
import { readText } from './read.ts'
import { configSchema, type Config } from './schema.ts'

export interface LoadOptions {
  readonly file: string
  /** Whether the file was asked for by name, so that it must be there. */
  readonly required: boolean
  readonly env: Env
  readonly flags: Flags
  readonly knownBackends: readonly KnownBackend[]
}

export interface LoadedConfig {
  readonly config: Config
  /** For every value of `config`, and every section in a list, by dotted key, where it comes from. */
  readonly sources: Readonly<Record<string, Source>>
  /** What can be worked with and should still be changed. */
  readonly warnings: readonly ConfigProblem[]
}

/** Where a value comes from: `default`, `file:LINE`, `env:NAME`, `flag:--port`. */
export type Source = 'default' | `file:${number}` | `env:${string}` | `flag:${string}`

/**
 * The config as of now: defaults, laid over by the file, laid over by the environment, laid over by flags. No file is the
 * same as an empty one, unless it was asked for. Throws a ConfigError, and nothing else, that lists what is wrong.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const text = await readText(options.file)
  if (text === undefined && options.required) {
    throw new ConfigError([{ file: options.file, message: 'there is no such file' }])
  }
  return parseConfig(text ?? '', options)
}

/** The config that a file of this text would give. `options.file` is only named in errors. Throws a ConfigError. */
export async function parseConfig(text: string, options: Omit<LoadOptions, 'required'>): Promise<LoadedConfig> {
  const { file, env, flags, knownBackends } = options
  const parsed = text.trim() === '' ? undefined : await parseYaml(text, file)
  if (parsed?.value !== undefined && !isSection(parsed.value)) {
    throw new ConfigError([{ file, line: 1, column: 1, message: 'must be a block of "key: value" entries' }])
  }

  const draft = createDraft(parsed, file)
  const { files, warnings: unused } = await readBackendFiles(file)
  for (const { id, entry } of files) if (draft.get(['backends', id]) === undefined) draft.set(['backends', id], entry)
  const old = readOldSpellings(draft)
  fillTypes(draft, knownBackends)
  const unusable = layEnvironment(draft, env, knownBackends)
  layFlags(draft, flags)
  readLevel(draft)

  const ids = knownBackends.map(({ id }) => id)
  const { data: config, error } = configSchema.safeParse(draft.root)
  const findings = error === undefined ? check(config, ids) : error.issues.flatMap(issue => explain(issue, draft, ids))
  const problems = [...old.problems, ...unusable, ...findings.map(draft.problem)].sort(byLine)
  if (config === undefined || problems.length > 0) throw new ConfigError(problems)
  return {
    config,
    sources: sourcesOf(config, draft),
    warnings: [...unread(env), ...old.warnings, ...unused, ...remark(config).map(draft.problem)],
  }
}

function byLine(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}

function sourcesOf(config: Config, draft: Draft): Record<string, Source> {
  const paths = leavesOf(config).flatMap(([path, value]) => [path, ...itemsOf(path, value)])
  return Object.fromEntries(paths.map(path => [dotted(path), sourceOf(draft.originOf(path))]))
}

/** Where the items of a list of sections stand; nothing else has any of its own. */
function itemsOf(path: Path, value: unknown): Path[] {
  return Array.isArray(value) && value.some(isSection) ? value.map((_, index) => [...path, index]) : []
}

function sourceOf(origin: Origin | undefined): Source {
  if (origin === undefined) return 'default'
  return origin.from === 'file' ? `file:${origin.place.key.line}` : `${origin.from}:${origin.name}`
}

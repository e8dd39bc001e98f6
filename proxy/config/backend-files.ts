import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { isSection } from './key.ts'
import { parseYaml } from './parse.ts'
import { ConfigError, type ConfigProblem } from './problems.ts'
import { readText } from './read.ts'

/** A backend that stands in a file of its own, as an entry of `backends` would say it. */
export interface BackendFile {
  readonly id: string
  readonly file: string
  readonly entry: Readonly<Record<string, unknown>>
}

/**
 * The backends of `backends/NAME/backend.yaml` beside the config file: the form of the predecessor's documents. Throws a
 * ConfigError for a file that is not of that form; what it says and we have no use for is a warning.
 */
export async function readBackendFiles(
  configFile: string,
): Promise<{ readonly files: readonly BackendFile[]; readonly warnings: readonly ConfigProblem[] }> {
  const folder = join(dirname(configFile), 'backends')
  const files: BackendFile[] = []
  const warnings: ConfigProblem[] = []
  for (const id of await foldersIn(folder)) {
    const file = join(folder, id, 'backend.yaml')
    const text = await readText(file)
    if (text === undefined || text.trim() === '') continue
    const { value } = await parseYaml(text, file)
    const { data, error } = backendFile.safeParse(isSection(value) ? value : {})
    if (data === undefined) throw new ConfigError(error.issues.map(issue => problemOf(issue, file)))
    files.push({ id, file, entry: entryOf(data) })
    warnings.push(...unusedIn(data).map(key => ({ file, key, message: `${key} is not used here` })))
  }
  return { files, warnings }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.flatMap(entry => (entry.isDirectory() ? [entry.name] : [])).sort()
  } catch {
    // Most configs have no such folder.
    return []
  }
}

const amount = z.int().positive().optional()

const limits = z.looseObject({
  context_window: amount,
  max_input_tokens: amount,
  max_output_tokens: amount,
  requests_per_minute: amount,
  tokens_per_minute: amount,
})
const parameters = z.looseObject({ temperature: z.number().optional(), top_p: z.number().optional() })
const model = z.looseObject({ limits: limits.optional(), parameters: parameters.optional() })
/** Parts of a model that have keys of their own. */
const parts = { limits, parameters }

const backendFile = z.looseObject({
  backend_type: z.literal('custom', 'must be custom: any other backend is an entry in config.yaml'),
  api_base_url: z.string().min(1),
  api_key_env_var: z.string().min(1).optional(),
  default_model: z.string().min(1).optional(),
  timeout: z.number().positive().optional(),
  max_retries: z.int().min(0).optional(),
  retry_delay: z.number().positive().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  auth_type: z.enum(['bearer', 'custom']).optional(),
  auth_header: z.string().min(1).optional(),
  models: z.record(z.string(), model.nullish()).optional(),
})
type FileContent = z.output<typeof backendFile>

const used = new Set(Object.keys(backendFile.shape))

function entryOf(file: FileContent): Record<string, unknown> {
  const models = Object.entries(file.models ?? {})
  return withoutGaps({
    type: 'custom',
    protocol: 'openai-chat',
    api_url: file.api_base_url,
    api_key: file.api_key_env_var === undefined ? undefined : `env:${file.api_key_env_var}`,
    auth: file.auth_type === 'custom' ? { header: file.auth_header ?? 'authorization' } : undefined,
    headers: file.headers,
    default_model: file.default_model,
    timeout: file.timeout,
    models: models.length === 0 ? undefined : models.map(([name]) => name),
    limits: ofModels(file, 'limits'),
    parameters: ofModels(file, 'parameters'),
    max_retries: file.max_retries,
    retry_delay: file.retry_delay,
  })
}

/** A part of each model that has it, with the keys that are known. */
function ofModels({ models = {} }: FileContent, part: keyof typeof parts): Record<string, unknown> | undefined {
  const { shape } = parts[part]
  const found = Object.entries(models).flatMap(([name, model]) => {
    const known = Object.entries(model?.[part] ?? {}).filter(([key]) => Object.hasOwn(shape, key))
    return known.length === 0 ? [] : [[name, Object.fromEntries(known)] as const]
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

/** What stands in the file and changes nothing: better said than believed in. */
function unusedIn(file: FileContent): string[] {
  const inModels = Object.entries(file.models ?? {}).flatMap(([name, model]) => [
    ...Object.keys(model ?? {}).flatMap(key => (Object.hasOwn(parts, key) ? [] : [`models.${name}.${key}`])),
    ...(['limits', 'parameters'] as const).flatMap(part =>
      Object.keys(model?.[part] ?? {}).flatMap(key =>
        Object.hasOwn(parts[part].shape, key) ? [] : [`models.${name}.${part}.${key}`],
      ),
    ),
  ])
  return [...Object.keys(file).filter(key => !used.has(key)), ...inModels]
}

function problemOf(issue: z.core.$ZodIssue, file: string): ConfigProblem {
  const key = issue.path.map(String).join('.')
  const isMissing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
  const says = isMissing ? 'is missing' : issue.message.replace(/^Invalid input: /, 'is wrong: ')
  return { file, key, message: `${key} ${says}` }
}

function withoutGaps(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

import { leavesOf, dotted } from '../config/key.ts'
import { parseConfig, type LoadedConfig } from '../config/load.ts'
import { ConfigError, formatProblem } from '../config/problems.ts'
import { setValues, type Check } from '../config/save.ts'
import { configSchema } from '../config/schema.ts'
import { knownBackends, type AppParts } from './parts.ts'
import type { Input, Output, Setting } from './contract.ts'

/** Every setting of the config but its backends, with where its value comes from. */
export function listSettings({ loaded, options }: AppParts): Output<'settings.list'> {
  const { config, sources } = loaded()
  const defaults = new Map(leavesOf(configSchema.parse({})).map(([path, value]) => [dotted(path), value]))
  const settings = leavesOf(config)
    .filter(([path]) => path[0] !== 'backends')
    .map(([path, value]): Setting => {
      const key = dotted(path)
      const source = sources[key] ?? 'default'
      return {
        key,
        value: shown(value),
        default: shown(defaults.get(key) ?? ''),
        source: inWords(source),
        locked: lockOf(source),
      }
    })
  return { file: options.paths.configFile, settings }
}

/** Writes a setting into the config file and goes by it. `null` takes it out, so that its default counts again. */
export async function setSetting(parts: AppParts, key: string, value: unknown): Promise<Output<'settings.set'>> {
  const { sources } = parts.loaded()
  const locked = lockOf(sources[key] ?? 'default')
  if (locked !== undefined) return { ok: false, reason: locked }
  return writeSettings(parts, { [key]: value ?? undefined })
}

/** Makes a backend, or a model of it, the default for turns that name none. */
export async function setRoute(parts: AppParts, { backend, model }: Input<'route.set'>): Promise<Output<'route.set'>> {
  return setSetting(parts, 'default_backend', model === undefined ? backend : `${backend}:${model}`)
}

/** Writes values into the config file by their keys, all or none, and goes by them. `undefined` takes one out. */
export function writeSettings(
  parts: AppParts,
  changes: Readonly<Record<string, unknown>>,
): Promise<Output<'settings.set'>> {
  return saved(parts, check => setValues(parts.options.paths.configFile, changes, check))
}

/** Saves the config file and goes by it. What is wrong with what would be written is told, and nothing is. */
export async function saved(parts: AppParts, save: (check: Check) => Promise<void>): Promise<Output<'settings.set'>> {
  try {
    await save(checkFor(parts))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return {
      ok: false,
      reason: error.problems.map(({ message, suggestion }) => formatProblem({ message, suggestion })).join('; '),
    }
  }
  await parts.reload()
  return { ok: true }
}

/** The config of this run, if the file had another text. Throws a ConfigError where it could have none. */
export function checkFor({ options: { paths, env, flags } }: AppParts): (text: string) => Promise<LoadedConfig> {
  return text => parseConfig(text, { file: paths.configFile, env, flags, knownBackends })
}

/** Why a value with this source can't be changed in the config file. */
export function lockOf(source: string): string | undefined {
  const [from, name = ''] = source.split(/:(.*)/s)
  if (from === 'env') return `The environment variable ${name} sets this; unset it to change it here.`
  return from === 'flag' ? `The option ${name} of this run sets this.` : undefined
}

/** A source as people read it: `config.yaml:3`, `env APP_PORT`. */
export function inWords(source: string): string {
  return source.replace(/^file:/, 'config.yaml:').replace(/^(env|flag):/, '$1 ')
}

function shown(value: unknown): Setting['value'] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return Array.isArray(value) ? value.map(item => (typeof item === 'string' ? item : JSON.stringify(item))) : ''
}

import { dotted, leavesOf, type Path } from './key.ts'
import type { LoadedConfig, Source } from './load.ts'

/** One line of `lip config check`. */
export interface ConfigRow {
  readonly key: string
  readonly value: string
  readonly source: Source
}

/** Every value of a config and where it comes from, for people to read. Shows references to secrets, never a secret. */
export function describeConfig({ config, sources }: LoadedConfig): ConfigRow[] {
  return leavesOf(config).map(([path, value]) => {
    const key = dotted(path)
    return { key, value: shown(path, value), source: sources[key] ?? 'default' }
  })
}

const HIDDEN = '(hidden)'

function shown(path: Path, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  // Any header may carry a secret, and so may an address's query.
  if (path[2] === 'headers') return value.startsWith('env:') ? value : HIDDEN
  if (path[2] === 'api_url') return value.replace(/\?.*/, `?${HIDDEN}`)
  return value
}

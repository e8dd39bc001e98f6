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

/** Stands for a value that may be a secret. */
export const HIDDEN = '(hidden)'

/** A header's value, which may be a secret unless it is a reference to one. */
export function shownHeader(value: string): string {
  return value.startsWith('env:') ? value : HIDDEN
}

function shown(path: Path, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  if (path[2] === 'headers') return shownHeader(value)
  // Its query may be a secret, too.
  if (path[2] === 'api_url') return value.replace(/\?.*/, `?${HIDDEN}`)
  return value
}

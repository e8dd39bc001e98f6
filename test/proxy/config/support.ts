import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadConfig, type LoadedConfig, type LoadOptions } from '../../../proxy/config/load.ts'
import { ConfigError, type ConfigProblem } from '../../../proxy/config/problems.ts'

/** A folder of the test's own, gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lip-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A config file of that content, in a folder of the test's own. */
export function configFile(content: string | Uint8Array): string {
  const file = join(temporaryFolder(), 'config.yaml')
  writeFileSync(file, content)
  return file
}

export const knownBackends = [
  { id: 'openai', envPrefixes: ['OPENAI'] },
  { id: 'openrouter', envPrefixes: ['OPENROUTER'] },
  { id: 'demo' },
]

/** What a file of that content gives, under that environment and those flags. */
export function load(content: string | Uint8Array, options: Partial<LoadOptions> = {}): Promise<LoadedConfig> {
  return loadConfig({ file: configFile(content), required: true, env: {}, flags: {}, knownBackends, ...options })
}

/** What is wrong with a file of that content, without the file's name; nothing if it loads. */
export async function problemsOf(
  content: string | Uint8Array,
  options: Partial<LoadOptions> = {},
): Promise<Omit<ConfigProblem, 'file'>[]> {
  try {
    await load(content, options)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ file: _, ...problem }) =>
      Object.fromEntries(Object.entries(problem).filter(([, value]) => value !== undefined)),
    ) as unknown as Omit<ConfigProblem, 'file'>[]
  }
}

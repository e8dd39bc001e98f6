import { homedir } from 'node:os'
import { pathsOf, type Paths } from '../config/paths.ts'
import type { Terminal } from './args.ts'

/** The options that every verb takes which touches the config or the data. */
export const placeOptions = {
  config: { type: 'string' },
  'data-dir': { type: 'string' },
} as const

/** Where this system and these options keep things. */
export function placesOf(
  { env }: Terminal,
  values: { config?: string | undefined; 'data-dir'?: string | undefined },
): Paths {
  return pathsOf({
    platform: process.platform,
    env,
    home: homedir(),
    cwd: process.cwd(),
    dataDir: values['data-dir'],
    configFile: values.config,
  })
}

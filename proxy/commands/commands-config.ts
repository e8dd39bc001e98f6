import type { Config } from '../config/schema.ts'

/** What of the config commands go by. */
export type CommandsConfig = Pick<Config, 'commands' | 'reasoning_aliases'>

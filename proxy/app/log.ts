import type { Logger } from 'pino'
import type { Config } from '../config/schema.ts'
import { toProxyError } from '../core/errors.ts'

/** What is said beside the turns, for whoever runs the program. */
export interface Log {
  readonly warn: (message: string) => void
  readonly info: (message: string) => void
  readonly setLevel: (level: Config['log_level']) => void
  readonly isInfo: () => boolean
}

const severity = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: 100 } as const

/** A log of readable lines. Its library is loaded with the first line that is to be written: most runs write none. */
export function createLog(out: NodeJS.WritableStream, first: Config['log_level'] = 'warn'): Log {
  let level = first
  let logger: Promise<Logger> | undefined

  function write(kind: 'info' | 'warn', message: string) {
    if (severity[kind] < severity[level]) return
    logger ??= load(out)
    logger.then(
      ready => ready[kind](message),
      (error: unknown) => out.write(`${message} (and the log does not work: ${toProxyError(error).message})\n`),
    )
  }

  return {
    warn: message => write('warn', message),
    info: message => write('info', message),
    setLevel: next => (level = next),
    isInfo: () => severity[level] <= severity.info,
  }
}

async function load(out: NodeJS.WritableStream): Promise<Logger> {
  const [{ pino }, { default: pretty }] = await Promise.all([import('pino'), import('pino-pretty')])
  const lines = pretty({
    destination: out,
    colorize: 'isTTY' in out && out.isTTY === true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l',
    sync: true,
  })
  return pino({ level: 'trace' }, lines)
}

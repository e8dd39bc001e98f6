import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The program as it is shipped; the tests of it run after a build. */
const program = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command of the CLI to its end, with nothing of this process's environment but the path. */
export async function lip(
  args: readonly string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<Finished> {
  const child = start(args, env)
  child.stdin?.end(input)
  const texts = { out: '', err: '' }
  child.stdout?.on('data', chunk => (texts.out += String(chunk)))
  child.stderr?.on('data', chunk => (texts.err += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...texts }
}

export interface Serving {
  readonly child: ChildProcess
  readonly url: string
  readonly dashboard: string
  readonly out: () => string
  readonly err: () => string
  /** Sends a signal and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

/** Starts `serve` and waits until it says where it listens. */
export async function serve(args: readonly string[], env: Record<string, string> = {}): Promise<Serving> {
  const child = start(['serve', ...args], env)
  let out = ''
  let err = ''
  child.stderr?.on('data', chunk => (err += String(chunk)))
  const closed = once(child, 'close') as Promise<[number | null]>
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', chunk => {
      out += String(chunk)
      const found = /listens on (\S+)[\s\S]*try it/.exec(out)?.[1]
      if (found !== undefined) resolve(found)
    })
    void closed.then(([code]) => reject(new Error(`serve ended with ${String(code)}: ${err}`)))
  })
  return {
    child,
    url,
    dashboard: /dashboard: (\S+)/.exec(out)?.[1] ?? '',
    out: () => out,
    err: () => err,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      return (await closed)[0]
    },
  }
}

/** A folder for `--data-dir`, and the way to remove it. */
export async function dataDir(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'lip-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

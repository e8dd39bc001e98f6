import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createApp, type App } from '../../proxy/app/app.ts'
import { pathsOf, type Paths } from '../../proxy/config/paths.ts'

export interface StartedApp {
  readonly app: App
  /** Without a path: `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly paths: Paths
  readonly folder: string
  /** What was logged so far. */
  readonly log: () => string
  readonly close: () => Promise<void>
}

/** The whole app on a port of its own, with a config file and data in a folder that goes with it: a new one, or that of an app before. */
export async function startApp(
  yaml: string,
  env: Readonly<Record<string, string>> = {},
  before?: string,
): Promise<StartedApp> {
  const folder = before ?? (await mkdtemp(join(tmpdir(), 'lip-')))
  const paths = pathsOf({ platform: process.platform, env, home: folder, cwd: folder, dataDir: folder })
  await writeFile(paths.configFile, yaml)
  const logTo = new PassThrough()
  let log = ''
  logTo.on('data', chunk => (log += String(chunk)))
  const app = await createApp({
    paths,
    env,
    flags: { port: '0' },
    shell: 'headless',
    rendererDir: join(folder, 'window'),
    logTo,
  })
  const status = await app.start()
  if (status.run !== 'running') throw new Error(`the app did not start: ${status.trouble?.message ?? status.run}`)
  return {
    app,
    url: status.url,
    paths,
    folder,
    log: () => log,
    close: async () => {
      await app.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until `check` gives something, asked again at every turn of the event loop's timers; fails the test by its own time-out. */
export async function eventually<T>(check: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await check()
    if (found !== undefined && found !== false) return found
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

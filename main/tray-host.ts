import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Under which name a desktop's panel shows tray icons. */
const WATCHER = 'org.kde.StatusNotifierWatcher'

/** Programs that can ask the session bus, one of which is on nearly every desktop. */
const askers = [
  [
    'gdbus',
    'call',
    '--session',
    '--timeout=2',
    '--dest=org.freedesktop.DBus',
    '--object-path=/org/freedesktop/DBus',
    '--method=org.freedesktop.DBus.NameHasOwner',
    WATCHER,
  ],
  [
    'busctl',
    '--user',
    '--timeout=2',
    'call',
    'org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus',
    'NameHasOwner',
    's',
    WATCHER,
  ],
  [
    'dbus-send',
    '--session',
    '--print-reply',
    '--reply-timeout=2000',
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.NameHasOwner',
    `string:${WATCHER}`,
  ],
] as const

/**
 * Whether a tray icon would be seen. On Linux that is up to the desktop (GNOME needs an extension), and may change while we
 * run; where it can't be told, the answer is no, since a window hidden in a tray that is not there is lost.
 */
export async function hasTrayHost(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Promise<boolean> {
  if (platform !== 'linux') return true
  for (const [program, ...args] of askers) {
    const answer = await run(program, args, { env, timeout: 3000 }).catch((error: unknown) => error as Error)
    if (!(answer instanceof Error)) return answer.stdout.includes('true')
    if ((answer as NodeJS.ErrnoException).code !== 'ENOENT') return false
  }
  return false
}

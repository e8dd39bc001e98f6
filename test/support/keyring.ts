import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A real Secret Service (GNOME Keyring) on a D-Bus session of its own, in a home of its own, with an unlocked keyring. */
export interface Keyring {
  /** The environment in which a program sees it; this process does not. */
  readonly env: NodeJS.ProcessEnv
  /** Does something to the service. `restart` also unlocks it. While it is frozen it answers nothing. */
  readonly order: (order: 'lock' | 'stop' | 'restart' | 'freeze' | 'thaw') => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Why no Secret Service can be started on this machine, if so: what tests give to `context.skip`. */
export function whyNoKeyring(): string | undefined {
  if (process.platform !== 'linux') return 'the Secret Service is of Linux'
  const missing = ['dbus-run-session', 'dbus-send', 'gnome-keyring-daemon'].filter(
    program => spawnSync(program, ['--version']).error !== undefined,
  )
  return missing.length === 0 ? undefined : `a real keychain needs ${missing.join(', ')}`
}

/**
 * Starts one. There is no display, so a prompt is dismissed at once (`dismissed`), or waits for a person who never comes
 * (`unanswered`).
 */
export async function startKeyring(prompts: 'dismissed' | 'unanswered' = 'dismissed'): Promise<Keyring> {
  const home = await mkdtemp(join(tmpdir(), 'keyring-'))
  const services = join(home, 'services')
  const busConfig = join(home, 'bus.conf')
  await mkdir(services)
  await writeFile(busConfig, busWith(services))
  if (prompts === 'unanswered') await writeFile(join(services, 'prompter.service'), silentPrompter)

  const session = spawn(
    'dbus-run-session',
    ['--config-file', busConfig, '--', join(import.meta.dirname, 'keyring-session.sh')],
    { env: environmentIn(home), stdio: ['pipe', 'pipe', 'ignore'] },
  )
  const exited = once(session, 'exit')
  const lines = createInterface(session.stdout)[Symbol.asyncIterator]()

  async function answer(): Promise<string> {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('the session of the keyring ended')
    return value
  }

  const address = await answer()
  return {
    env: { ...environmentIn(home), DBUS_SESSION_BUS_ADDRESS: address },
    order: async order => {
      session.stdin.write(`${order}\n`)
      await answer()
    },
    [Symbol.asyncDispose]: async () => {
      session.stdin.end()
      await exited
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Ours without a display and without any session: nothing in here may reach the keychain of who runs the tests. */
function environmentIn(home: string): NodeJS.ProcessEnv {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, DBUS_SESSION_BUS_ADDRESS: _bus, ...env } = process.env
  return {
    ...env,
    HOME: home,
    XDG_RUNTIME_DIR: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
  }
}

/** A session bus that starts none of the services of this machine: neither a second keyring nor a prompter with a window. */
function busWith(services: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <servicedir>${services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`
}

/** Started to show a prompt, it says nothing to anybody for as long as the bus runs. */
const silentPrompter = `[D-BUS Service]
Name=org.gnome.keyring.SystemPrompter
Exec=/bin/sh -c 'exec >/dev/null 2>&1; while kill -0 $PPID; do sleep 0.2; done'
`

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A D-Bus session bus of its own, as a desktop has one. */
export interface SessionBus {
  readonly address: string
  /** Takes a well-known name on the bus, as a desktop's service does, until the bus ends. */
  readonly own: (name: string) => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

const BUS = 'dbus-daemon'

/** Why no bus can be started on this machine, if so: what tests give to `context.skip`. */
export function whyNoBus(): string | undefined {
  return spawnSync(BUS, ['--version']).error === undefined ? undefined : `a session bus needs ${BUS}`
}

export async function startBus(): Promise<SessionBus> {
  const folder = await mkdtemp(join(tmpdir(), 'bus-'))
  const path = join(folder, 'bus')
  const config = join(folder, 'bus.conf')
  await writeFile(config, configOf(path))
  const daemon = spawn(BUS, [`--config-file=${config}`, '--nofork', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(daemon, 'exit')
  await once(daemon.stdout, 'data')
  return {
    address: `unix:path=${path}`,
    own: name => ownName(path, name),
    [Symbol.asyncDispose]: async () => {
      daemon.kill()
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A bus that starts none of this machine's services: no test is to reach the keychain of who runs it. */
function configOf(path: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`
}

/** The few messages that it takes, by the D-Bus specification. The name is ours while the connection is open. */
async function ownName(path: string, name: string) {
  const socket = connect(path)
  socket.unref()
  const uid = Buffer.from(String(process.getuid?.())).toString('hex')
  socket.write(`\0AUTH EXTERNAL ${uid}\r\n`)
  await once(socket, 'data')
  socket.write('BEGIN\r\n')
  socket.write(call('Hello', 1))
  socket.write(call('RequestName', 2, name))
  // Each is answered, and the second answer comes with the signal that the name was acquired.
  let heard = ''
  while (!heard.includes('NameAcquired\0') || !heard.includes(`${name}\0`)) {
    heard += String(((await once(socket, 'data')) as [Buffer])[0])
  }
}

/** A call of the bus's own method, with a name and flags as its arguments if a name is given. */
function call(member: string, serial: number, name?: string): Buffer {
  const body = name === undefined ? Buffer.alloc(0) : Buffer.concat([padded(text(name), 4), uint(0)])
  const fields = [
    field(1, 'o', text('/org/freedesktop/DBus')),
    field(2, 's', text('org.freedesktop.DBus')),
    field(3, 's', text(member)),
    field(6, 's', text('org.freedesktop.DBus')),
    ...(name === undefined ? [] : [field(8, 'g', signature('su'))]),
  ]
  const header = fields.reduce((all, next) => Buffer.concat([padded(all, 8), next]), Buffer.alloc(0))
  // Little endian, a method call, no flags, version 1.
  const start = Buffer.concat([Buffer.from('l\x01\x00\x01'), uint(body.length), uint(serial), uint(header.length)])
  return Buffer.concat([padded(Buffer.concat([start, header]), 8), body])
}

function field(code: number, type: string, value: Buffer) {
  return Buffer.concat([padded(Buffer.concat([Buffer.from([code]), signature(type)]), 4), value])
}

function signature(types: string) {
  return Buffer.from(`${String.fromCharCode(types.length)}${types}\0`)
}

function text(value: string) {
  return Buffer.concat([uint(value.length), Buffer.from(`${value}\0`)])
}

function uint(value: number) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function padded(bytes: Buffer, to: number) {
  return Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)])
}

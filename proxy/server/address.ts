import { readdir, readFile, readlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename } from 'node:path'

/** Who has the address we wanted, as far as can be told without touching them. */
export interface Holder {
  /** A run of this same program. */
  readonly ours?: { readonly version: string; readonly instance: string } | undefined
  readonly process?: { readonly name: string; readonly pid: number } | undefined
}

/** The address can't be listened on. */
export class AddressError extends Error {
  override readonly name = 'AddressError'
  readonly reason: 'taken' | 'denied' | 'unknown'
  readonly holder: Holder
  /** A port nearby that was free when we looked. */
  readonly freePort: number | undefined

  constructor(
    reason: AddressError['reason'],
    message: string,
    facts: { holder?: Holder; freePort?: number | undefined; cause: unknown },
  ) {
    super(message, { cause: facts.cause })
    this.reason = reason
    this.holder = facts.holder ?? {}
    this.freePort = facts.freePort
  }
}

/** The failure of a listen in words: what holds the address, if it can be told, and what to do. */
export async function describeListenFailure(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
): Promise<AddressError> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const cause = error
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = { ours: await askHealth(host, port), process: await ownerOf(port) }
      const freePort = await freePortAfter(host, port)
      return new AddressError('taken', `${address} is taken${byWhom(holder)}. ${remedy(holder, freePort)}`, {
        holder,
        freePort,
        cause,
      })
    }
    case 'EACCES': {
      const why = port < 1024 ? 'ports below 1024 need special rights' : 'it may have reserved this port'
      const freePort = await freePortAfter(host, Math.max(port, 7999))
      return new AddressError(
        'denied',
        `The system does not let us listen on ${address}: ${why}. Use another port: --port ${freePort ?? 8000}.`,
        { freePort, cause },
      )
    }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AddressError('unknown', `${host} is not an address of this computer. Use --host 127.0.0.1.`, { cause })
    default:
      return new AddressError('unknown', `${address} can't be listened on: ${error.message}.`, { cause })
  }
}

/** The first port from `port` + 1 on that is free now; nothing if the next twenty are not. */
async function freePortAfter(host: string, port: number): Promise<number | undefined> {
  for (let next = port + 1; next <= Math.min(port + 20, 65_535); next++) {
    if (await isFree(host, next)) return next
  }
  return undefined
}

function byWhom({ ours, process }: Holder): string {
  const who = process === undefined ? '' : ` by ${process.name} (pid ${process.pid})`
  return ours === undefined ? who : `${who}: LLM Interactive Proxy ${ours.version} is running there already`
}

function remedy({ ours }: Holder, free: number | undefined): string {
  const other = free === undefined ? 'choose another port with --port' : `use another port: --port ${free}`
  return ours === undefined
    ? `Stop that program, or ${other}.`
    : `\`lip status\` tells about it; to run a second one, ${other}, and data of its own: --data-dir FOLDER.`
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
}

async function askHealth(host: string, port: number): Promise<Holder['ours']> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  try {
    const response = await fetch(`http://${name.includes(':') ? `[${name}]` : name}:${port}/health`, {
      signal: AbortSignal.timeout(1000),
    })
    const health = (await response.json()) as Partial<Record<'version' | 'instance', unknown>>
    if (typeof health.version !== 'string' || typeof health.instance !== 'string') return undefined
    return { version: health.version, instance: health.instance }
  } catch {
    return undefined
  }
}

const LISTEN = '0A'

/** The process that listens on a port, from Linux's /proc: the socket's inode, then whose open file that is. Elsewhere unknown. */
async function ownerOf(port: number): Promise<Holder['process']> {
  try {
    const inode = await inodeOf(port)
    if (inode === undefined) return undefined
    for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
      if (await holds(pid, inode)) return { pid: Number(pid), name: await programOf(pid) }
    }
  } catch {
    // Another system, or not our process to look at: the address is taken all the same.
  }
  return undefined
}

/** Its file's name: what the kernel calls a process is the name of its first thread, which programs change. */
async function programOf(pid: string): Promise<string> {
  return basename(await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '')
}

async function inodeOf(port: number): Promise<string | undefined> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const rows = (await readFile(table, 'utf8')).split('\n').slice(1)
    for (const row of rows) {
      const [, local, , state, , , , , , inode] = row.trim().split(/\s+/)
      if (state === LISTEN && local?.endsWith(`:${wanted}`) === true) return inode
    }
  }
  return undefined
}

async function holds(pid: string, inode: string): Promise<boolean> {
  try {
    const files = await readdir(`/proc/${pid}/fd`)
    const targets = await Promise.all(files.map(file => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')))
    return targets.includes(`socket:[${inode}]`)
  } catch {
    return false
  }
}

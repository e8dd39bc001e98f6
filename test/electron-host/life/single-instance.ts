import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { json } from 'node:stream/consumers'

/** What a second start hands over to the first. */
export interface SecondStart {
  readonly argv: string[]
  readonly cwd: string
  readonly data: unknown
}

let held: { readonly file: string; readonly socket: string; readonly server: Server } | undefined
let handingOver: Promise<unknown> = Promise.resolve()

/**
 * Makes this process the only one of its app: a lock file in `folder` names the process that lives, and a socket takes the
 * message of those that come later. False where another process is the one; it then gets `ours`.
 */
export function takeLock(folder: string, ours: SecondStart, onSecond: (theirs: SecondStart) => void): boolean {
  if (held !== undefined) return true
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'electron-host.lock')
  const socket = socketOf(folder)
  if (!createLock(file) && isAlive(Number(readFileSync(file, 'utf8')))) {
    handingOver = handOver(socket, ours)
    return false
  }
  // Ours, or left by a process that was killed.
  writeFileSync(file, String(process.pid))
  rmSocket(socket)
  const server = createServer(peer => {
    void json(peer).then(message => {
      onSecond(message as SecondStart)
    })
  })
  server.listen(socket).unref()
  held = { file, socket, server }
  process.on('exit', releaseLock)
  return true
}

export function holdsLock(): boolean {
  return held !== undefined
}

export function releaseLock() {
  if (held === undefined) return
  held.server.close()
  rmSync(held.file, { force: true })
  rmSocket(held.socket)
  held = undefined
}

/** Resolves when the first process has what we had to say, if anything. */
export function handedOver(): Promise<unknown> {
  return handingOver
}

/** Linux has sockets that are no files, which nothing can leave behind; the path of a file may have only about a hundred characters. */
function socketOf(folder: string) {
  const name = `electron-host-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`
  return process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`)
}

function rmSocket(socket: string) {
  if (!socket.startsWith('\0')) rmSync(socket, { force: true })
}

function createLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function handOver(socket: string, message: SecondStart): Promise<unknown> {
  return new Promise(resolve => {
    connect(socket).on('close', resolve).on('error', resolve).end(JSON.stringify(message))
  })
}

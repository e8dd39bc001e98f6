import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is measured has one core to itself; the upstream and the load generator share another. */
export const pinned = availableParallelism() >= 2
export const loadCore = 0
export const targetCore = 1

const alive = new Set()
process.on('exit', () => {
  for (const running of alive) signalGroup(running, 'SIGKILL')
})

/** A command line held to one core, where there are two. */
export function onCore(core, command) {
  return pinned ? ['taskset', '-c', String(core), ...command] : command
}

/**
 * Starts a program in a process group of its own, its output in a log file of the work folder, with no more of our
 * environment than it needs.
 *
 * @param {{ name: string, command: string[], env?: Record<string, string> }} program
 */
export function launch(program, { core, work }) {
  const [command, ...args] = onCore(core, program.command)
  const logFile = path.join(work, `${program.name}.log`)
  const log = openSync(logFile, 'w')
  const child = spawn(command, args, {
    cwd: work,
    env: { PATH: process.env.PATH, HOME: work, ...program.env },
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  const running = { pid: child.pid, logFile, exited: false }
  alive.add(running)
  child.on('error', () => (running.exited = true))
  child.on('exit', () => {
    running.exited = true
    alive.delete(running)
  })
  return running
}

/** Asks a program to stop, makes it after five seconds, and comes back when it is gone. */
export async function stop(running) {
  signalGroup(running, 'SIGTERM')
  if (!(await gone(running, 5000))) {
    signalGroup(running, 'SIGKILL')
    await gone(running, 5000)
  }
}

async function gone(running, ms) {
  for (const end = performance.now() + ms; !running.exited && performance.now() < end;) await sleep(20)
  return running.exited
}

function signalGroup(running, signal) {
  try {
    process.kill(-running.pid, signal)
  } catch {
    // It is gone already.
  }
}

/** CPU time that a process and its children have used: of all their threads, and of main threads alone. */
export function cpuMs(pid) {
  let all = 0
  let main = 0
  for (const process of family(pid)) {
    for (const thread of threads(process)) {
      const ns = Number(read(`/proc/${process}/task/${thread}/schedstat`).split(' ')[0])
      all += ns
      if (thread === String(process)) main += ns
    }
  }
  return { all: all / 1e6, main: main / 1e6 }
}

/** Resident memory of a process and its children, in MB. */
export function residentMb(pid) {
  let kb = 0
  for (const process of family(pid)) kb += Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${process}/status`))?.[1] ?? 0)
  return kb / 1024
}

/** The most memory that a process and its children had until `over` settles, however it does, in MB. */
export async function highestMb(pid, over) {
  let highest = residentMb(pid)
  let isOver = false
  const end = () => (isOver = true)
  over.then(end, end)
  while (!isOver) {
    await sleep(50)
    highest = Math.max(highest, residentMb(pid))
  }
  return highest
}

function family(pid) {
  const children = threads(pid).flatMap(thread => read(`/proc/${pid}/task/${thread}/children`).split(' '))
  return [pid, ...children.filter(text => text.trim() !== '').flatMap(text => family(Number(text)))]
}

function threads(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** A file of /proc, or nothing if its process or thread has just ended. */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

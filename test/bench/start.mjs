import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch, stop, targetCore } from './processes.mjs'
import { requestFile, small } from './requests.mjs'

/**
 * Starts the program of a target and waits until it has answered a request.
 *
 * @returns {Promise<{ running: object, listenMs: number, firstAnswerMs: number }>}
 * @throws {Error} With what the program said last, if it ended or did not answer within ten seconds.
 */
export async function start(target, work) {
  const { program } = target
  if (program.missing !== undefined) throw new Error(program.missing)
  const began = performance.now()
  const running = launch(program, { core: targetCore, work })
  const waiting = () => !running.exited && performance.now() - began < 10_000

  while (waiting() && !(await listens(program.port))) await sleep(2)
  const listenMs = performance.now() - began

  const request = readFileSync(
    requestFile(target, { route: Object.keys(target.routes)[0], size: small, stream: false }, work),
  )
  let status
  while (waiting() && (status = await statusOf(program.port, request)) !== 200) await sleep(10)
  const firstAnswerMs = performance.now() - began

  if (status === 200) return { running, listenMs, firstAnswerMs }
  const how = running.exited ? 'it ended' : status === undefined ? 'it did not listen' : `it answered ${status}`
  await stop(running)
  throw new Error(`${how}: ${lastWords(running.logFile)}`)
}

function listens(port) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** The status of the answer to one request; 0 if there is none. */
function statusOf(port, request) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.setTimeout(10_000, () => socket.destroy())
    socket.once('data', bytes => {
      resolve(Number(bytes.latin1Slice(9, 12)))
      socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(0))
  })
}

/** The line of a log that tells most: that of an error if there is one, else the last. */
function lastWords(logFile) {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n')
  const line = lines.find(text => /^\w*Error\b/.test(text)) ?? lines.at(-1)
  return line === '' ? 'it said nothing' : line.slice(0, 300)
}

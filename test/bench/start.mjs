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
  let answer = ''
  while (waiting()) {
    answer = await answerTo(program.port, request)
    if (answer.startsWith('HTTP/1.1 200')) return { running, listenMs, firstAnswerMs: performance.now() - began }
    if (answer.startsWith('HTTP/1.1 4')) break // it is up and will not take this
    await sleep(10)
  }
  const [head, body = ''] = answer.split('\r\n\r\n')
  const reason = running.exited
    ? `it ended: ${lastWords(running.logFile)}`
    : answer === ''
      ? 'it did not answer'
      : `it answered ${head.slice(9, 12)}: ${body.slice(0, 300)}`
  await stop(running)
  throw new Error(reason)
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

/** The first bytes of the answer to one request; none if there is no answer. */
function answerTo(port, request) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.setTimeout(10_000, () => socket.destroy())
    socket.once('data', bytes => {
      resolve(bytes.toString('latin1'))
      socket.destroy()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(''))
  })
}

/** The line of a log that tells most: that of an error if there is one, else the last. */
function lastWords(logFile) {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n')
  const line = lines.find(text => /^\w*Error\b/.test(text)) ?? lines.at(-1)
  return line === '' ? 'it said nothing' : line.slice(0, 300)
}

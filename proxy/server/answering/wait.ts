import { setTimeout as sleep } from 'node:timers/promises'
import { ProxyError } from '../../core/errors.ts'
import type { AnswerDeps, Asking } from './asking.ts'
import { beginStream } from './send.ts'

/**
 * Lets time pass before a target is asked again. A client that waits for a stream gets signs of life meanwhile, if its API knows
 * one; its answer has then begun, so that whatever comes of it is told in the stream. Throws `cancelled` when the client leaves.
 */
export async function waitFor({ config }: AnswerDeps, asking: Asking, waitMs: number): Promise<void> {
  if (waitMs === 0) return
  const { response, protocol, asked } = asking
  const left = new AbortController()
  const leave = () => left.abort()
  response.once('close', leave)
  const intervalMs = config.failure_handling.keepalive_interval * 1000
  const bears = protocol.keepAlive !== undefined && asking.framing !== 'json-array' && waitMs > intervalMs
  const alive = bears && asked.request().stream ? setInterval(() => sign(asking), intervalMs) : undefined
  try {
    await sleep(waitMs, undefined, { signal: left.signal })
  } catch {
    throw new ProxyError('cancelled', 'the client hung up')
  } finally {
    clearInterval(alive)
    response.off('close', leave)
  }
}

function sign({ response, protocol, turn }: Asking) {
  if (!response.headersSent) beginStream(response, 'sse', turn.id)
  response.write(protocol.keepAlive)
}

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createUpstream, textOf, type UpstreamAnswer } from '../../../proxy/backends/upstream.ts'

/** Answers `/whole` at once, and begins `/stream` with a word and no end; the test says the rest. */
async function startBackend() {
  let connections = 0
  const streams: ServerResponse[] = []
  const server = createServer((request, response) => {
    if (request.url === '/whole') {
      response.end('whole')
      return
    }
    response.write('first ')
    streams.push(response)
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    connections: () => connections,
    streams,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

let backend: Awaited<ReturnType<typeof startBackend>>
let upstream: ReturnType<typeof createUpstream>

beforeEach(async () => {
  backend = await startBackend()
  upstream = createUpstream()
})
afterEach(async () => {
  vi.useRealTimers()
  await upstream.close()
  backend.close()
})

function ask(path: string): Promise<UpstreamAnswer> {
  const { host } = backend
  const endpoint = { origin: `http://${host}`, path, host }
  const request = { method: 'GET', endpoint, headers: {}, body: null, timeoutMs: 600_000 } as const
  return upstream.open(request, new AbortController().signal)
}

/** A whole answer, once its connection is free again. */
async function askWhole(): Promise<string> {
  const text = await textOf((await ask('/whole')).chunks)
  await new Promise(resolve => setImmediate(resolve))
  return text
}

describe('connections to a backend', () => {
  it('are used again', async () => {
    await askWhole()
    await askWhole()
    expect(backend.connections()).toBe(1)
  })

  it('are not used again when they were idle for a minute by the clock on the wall, as after a sleep', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await askWhole()
    vi.setSystemTime(Date.now() + 59_000)
    await askWhole()
    expect(backend.connections()).toBe(1)
    vi.setSystemTime(Date.now() + 61_000)
    expect(await askWhole()).toBe('whole')
    expect(backend.connections()).toBe(2)
  })

  it('are not used again after the computer woke up', async () => {
    await askWhole()
    upstream.wake()
    expect(await askWhole()).toBe('whole')
    expect(backend.connections()).toBe(2)
  })
})

describe('an answer that was open while the computer slept', () => {
  it('goes on where its connection survived', async () => {
    const { chunks } = await ask('/stream')
    upstream.wake()
    backend.streams[0]?.end('and last')
    expect(await textOf(chunks)).toBe('first and last')
  })

  it('is given up where nothing comes for half a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const [silent, lively] = [await ask('/stream'), await ask('/stream')]
    const heard = lively.chunks[Symbol.asyncIterator]()
    await heard.next()
    upstream.wake()
    backend.streams[1]?.write('still here')
    await heard.next()
    vi.advanceTimersByTime(30_000)
    await expect(textOf(silent.chunks)).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('did not survive its sleep') as unknown,
    })
    backend.streams[1]?.end()
    expect((await heard.next()).done).toBe(true)
  })
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connect, disconnect, on } from '../../renderer/bridge.ts'
import type { WindowBridge } from '../../renderer/transports/desktop.ts'
import type { Frame } from '../../renderer/transports/transport.ts'

const heard: unknown[] = []
let leave: (() => void)[] = []
let snapshotSeq = 4
let send: (frame: Frame) => void = () => undefined
let subscribedAfter: number[] = []

beforeEach(() => {
  heard.length = 0
  subscribedAfter = []
  snapshotSeq = 4
  leave = [
    on('snapshot', ({ seq }) => heard.push(`snapshot ${seq}`)),
    on('route', ({ backend }) => heard.push(backend)),
    on('connection', state => heard.push(state)),
  ]
  const bridge = {
    call: async () => ({ ok: true, value: { seq: snapshotSeq } }),
    subscribe: (after: number, listener: (frame: Frame) => void) => {
      subscribedAfter.push(after)
      send = listener
      return () => undefined
    },
  }
  Object.assign(window, { bridge: bridge as unknown as WindowBridge })
})
afterEach(() => {
  disconnect()
  for (const one of leave) one()
})

const route = (seq: number, backend: string): Frame => ({ seq, type: 'route', body: { backend, source: 'default' } })

async function opened() {
  connect()
  await vi.waitFor(() => expect(heard).toContain('live'))
}

test('It starts from a snapshot and follows on from there', async () => {
  await opened()
  send(route(5, 'a'))
  expect(subscribedAfter).toEqual([4])
  expect(heard).toEqual(['snapshot 4', 'live', 'a'])
})

test('A notice that comes twice is told once', async () => {
  await opened()
  send(route(4, 'old'))
  send(route(5, 'a'))
  send(route(5, 'a'))
  expect(heard.slice(2)).toEqual(['a'])
})

test.each([
  ['the app can’t catch up', { type: 'resync' } as const],
  ['a notice is missing', route(9, 'late')],
])('All is asked for anew where %s', async (_, frame) => {
  await opened()
  snapshotSeq = 12
  send(frame)
  await vi.waitFor(() => expect(heard).toContain('snapshot 12'))
  expect(subscribedAfter).toEqual([4, 12])
  expect(heard).not.toContain('late')
})

import { describe, expect, test } from 'vitest'
import { captureWhole, createCapture } from '../../../proxy/traffic/capture.ts'

const always = () => true

describe('a capture', () => {
  test('holds what went by, however it was cut', () => {
    const capture = createCapture(always)
    const chunks = Array.from({ length: 1000 }, (_, i) => Buffer.from(`chunk ${i};`))
    for (const chunk of chunks) capture.append(chunk)
    const all = Buffer.concat(chunks)
    expect(capture.kept()).toMatchObject({ seen: all.length })
    expect(Buffer.from(capture.kept().bytes).equals(all)).toBe(true)
  })

  test('holds copies: the network’s buffers are used again', () => {
    const capture = createCapture(always)
    const chunk = Buffer.from('before')
    capture.append(chunk)
    chunk.write('after!')
    expect(String(capture.kept().bytes)).toBe(String(Buffer.from('before')))
  })

  test('keeps up to its limit, and counts the rest', () => {
    const capture = createCapture(always, 10)
    for (const chunk of ['1234', '5678', '9abc', 'def']) capture.append(Buffer.from(chunk))
    const { bytes, seen, held } = capture.kept()
    expect([Buffer.from(bytes).toString(), seen, held]).toEqual(['123456789a', 15, 10])
  })

  test('stops growing where there is no more room', () => {
    let room = 5000
    const capture = createCapture(bytes => (room -= bytes) >= 0)
    for (let i = 0; i < 100; i++) capture.append(Buffer.alloc(1000, i))
    const { bytes, seen, held } = capture.kept()
    expect(seen).toBe(100_000)
    expect(bytes.length).toBeLessThanOrEqual(held)
    expect(held).toBeLessThanOrEqual(5000)
    expect(bytes.length).toBeGreaterThan(1000)
  })

  test('asks for room as it grows, not for every chunk', () => {
    let asked = 0
    const capture = createCapture(() => ++asked > 0)
    for (let i = 0; i < 800; i++) capture.append(Buffer.alloc(250))
    expect(asked).toBeLessThan(10)
  })

  test('of nothing holds nothing', () => {
    expect(createCapture(always).kept()).toEqual({ bytes: new Uint8Array(0), seen: 0, held: 0 })
  })
})

describe('a whole body', () => {
  test('is kept as it is', () => {
    const body = Buffer.allocUnsafeSlow(1000)
    expect(captureWhole(body, always)).toEqual({ bytes: body, seen: 1000, held: 1000 })
    expect(captureWhole(body, always).bytes).toBe(body)
  })

  test('that is a small slice of a large buffer is copied, so that the buffer can go', () => {
    const slab = Buffer.alloc(65_536)
    const { bytes, seen, held } = captureWhole(slab.subarray(100, 200), always)
    expect([bytes.length, seen]).toEqual([100, 100])
    expect(bytes.buffer).not.toBe(slab.buffer)
    expect(held).toBeLessThan(65_536)
  })

  test('above the limit is kept up to it, and not held on to', () => {
    const body = Buffer.alloc(1000, 'x')
    const { bytes, seen, held } = captureWhole(body, always, 100)
    expect([bytes.length, seen, held]).toEqual([100, 1000, 100])
    expect(bytes.buffer).not.toBe(body.buffer)
  })

  test('without room for it is only counted', () => {
    expect(captureWhole(Buffer.alloc(1000), () => false)).toEqual({ bytes: new Uint8Array(0), seen: 1000, held: 0 })
  })
})

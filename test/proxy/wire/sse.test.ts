import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSse, encodeSse, type SseFrame } from '../../../proxy/wire/sse.ts'

async function decoded(chunks: readonly Uint8Array[]): Promise<SseFrame[]> {
  const frames: SseFrame[] = []
  for await (const batch of decodeSse(from(chunks))) frames.push(...batch)
  return frames
}

async function* from(chunks: readonly Uint8Array[]) {
  yield* chunks
}

function cutAt(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

describe('server-sent events', () => {
  const text =
    '\ufeff: comment\nevent: message\ndata: {"a":"ü€😀"}\n\ndata:no space\ndata: second line\n\nid: 7\nretry: 10\n\nevent: bare\n\ndata\n\ndata: last'
  const expected = [
    { event: 'message', data: '{"a":"ü€😀"}' },
    { data: 'no space\nsecond line' },
    { data: '' },
    { data: 'last' },
  ]

  for (const [name, end] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const) {
    for (const size of [1, 2, 3, 7, 10_000]) {
      it(`are read with ${name} and cut every ${size} bytes`, async () => {
        expect(await decoded(cutAt(Buffer.from(text.replaceAll('\n', end)), size))).toEqual(expected)
      })
    }
  }

  it('come in one batch for each chunk that completes any', async () => {
    const batches: number[] = []
    const chunks = ['data: 1\n\ndata: 2\n\nda', 'ta: 3', '\n\n'].map(part => Buffer.from(part))
    for await (const batch of decodeSse(from(chunks))) batches.push(batch.length)
    expect(batches).toEqual([2, 1])
  })

  it('read as they were written, however the bytes are cut', async () => {
    const frame = fc.record({
      event: fc.option(fc.stringMatching(/^[a-z._]{1,12}$/), { nil: undefined }),
      data: fc.string({ unit: 'grapheme' }).map(data => data.replaceAll('\r', '')),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        async (frames, size) => {
          expect(await decoded(cutAt(Buffer.from(encodeSse(frames)), size))).toEqual(
            frames.map(({ event, data }) => (event === undefined ? { data } : { event, data })),
          )
        },
      ),
    )
  })

  it('are read whole, a megabyte in one frame or in ten thousand', async () => {
    const large = 'x'.repeat(1 << 20)
    expect((await decoded(cutAt(Buffer.from(`data: ${large}\n\n`), 65_536)))[0]?.data.length).toBe(1 << 20)
    expect(await decoded(cutAt(Buffer.from('data: y\n\n'.repeat(10_000)), 65_536))).toHaveLength(10_000)
  })
})

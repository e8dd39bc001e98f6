import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJsonArray, encodeJsonArray } from '../../../proxy/wire/json-array.ts'
import type { SseFrame } from '../../../proxy/wire/sse.ts'
import { cut, drain, framesOf } from '../../support/streams.ts'

const item = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true, maxKeys: 4 })
const items = fc.array(item, { maxLength: 5 })

async function textOf(frames: AsyncIterable<readonly SseFrame[]>): Promise<string> {
  let text = ''
  for await (const piece of encodeJsonArray(frames)) text += piece
  return text
}

async function read(text: string, places: readonly number[] = []): Promise<unknown[]> {
  const { items: frames } = await drain<SseFrame>(decodeJsonArray(cut(Buffer.from(text), places)))
  return frames.map(({ data }) => JSON.parse(data) as unknown)
}

describe('a stream as a JSON array', () => {
  it('is the array of its items', async () => {
    await fc.assert(
      fc.asyncProperty(items, async given => {
        const text = await textOf(framesOf(...given.map(one => JSON.stringify(one))))
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(given)))
      }),
    )
  })

  it('gives the same items wherever the network cuts the bytes, and however they are written', async () => {
    await fc.assert(
      fc.asyncProperty(
        items,
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.constantFrom(undefined, 2),
        async (given, places, space) => {
          const text = `[${given.map(one => JSON.stringify(one, null, space)).join('\n,\r\n')}\n]\n`
          expect(await read(text, places)).toEqual(JSON.parse(text))
          const everywhere = Array.from({ length: Buffer.byteLength(text) }, (_, at) => at)
          expect(await read(text, everywhere)).toEqual(JSON.parse(text))
        },
      ),
    )
  })

  it('gives each item as soon as it is whole', async () => {
    const batches: unknown[] = []
    for await (const batch of decodeJsonArray(cut(Buffer.from('[{"a":"}"},{"b":1}]'), [11, 15]))) batches.push(batch)
    expect(batches).toEqual([[{ data: '{"a":"}"}' }], [{ data: '{"b":1}' }]])
  })

  it('takes one object for a list of one, as errors come', async () => {
    expect(await read('{"error":{"code":400}}')).toEqual([{ error: { code: 400 } }])
  })

  it('gives what was cut short, or is none of this, for its reader to refuse', async () => {
    expect(await drain(decodeJsonArray(cut(Buffer.from('[{"a":1},{"b":'))))).toEqual({
      items: [{ data: '{"a":1}' }, { data: '{"b":' }],
    })
    expect(await drain(decodeJsonArray(cut(Buffer.from('<html>"{}'), [3])))).toEqual({ items: [{ data: '<html>"{}' }] })
    expect(await drain(decodeJsonArray(cut(Buffer.from('[]'))))).toEqual({ items: [] })
  })
})

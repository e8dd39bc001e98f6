import { describe, expect, it } from 'vitest'
import { stopLoops } from '../../../proxy/commands/stop-loops.ts'
import type { Events, StreamEvent } from '../../../proxy/core/events.ts'

/** An answer of one part, in pieces of so many characters. */
async function* answer(text: string, size: number, part: 'text' | 'tool-call' = 'text'): Events {
  const open =
    part === 'text'
      ? ({ type: 'text' } as const)
      : ({ type: 'tool-call', id: 'c', name: 'n', kind: 'function' } as const)
  yield [{ type: 'part-start', index: 0, part: open }]
  for (let at = 0; at < text.length; at += size) {
    yield [{ type: 'part-delta', index: 0, delta: { type: 'text', text: text.slice(at, at + size) } }]
  }
  yield [
    { type: 'part-end', index: 0 },
    { type: 'finish', reason: 'end' },
  ]
}

async function passed(events: Events): Promise<StreamEvent[]> {
  const all: StreamEvent[] = []
  for await (const batch of stopLoops(events)) all.push(...batch)
  return all
}

const sentence = (n: number) =>
  `Sentence ${n} tells something that no other sentence of this long text says: ${n * 7919}. `
const varied = Array.from({ length: 200 }, (_, n) => sentence(n)).join('')

describe('an answer that repeats itself', () => {
  it.each([1, 7, 100, 5000])('is stopped, in pieces of %i characters', async size => {
    await expect(passed(answer(varied.slice(0, 1500) + sentence(1).repeat(40), size))).rejects.toMatchObject({
      kind: 'loop',
    })
  })

  it('is stopped also where what repeats is long', async () => {
    await expect(passed(answer(varied.slice(0, 1900).repeat(12), 64))).rejects.toMatchObject({ kind: 'loop' })
  })
})

describe('an answer goes on', () => {
  it.each<[string, string]>([
    ['that says ever new things', varied],
    ['that repeats itself a little', varied + sentence(3).repeat(4) + varied],
    ['that rules lines', `${'-'.repeat(2000)}\n${'=|'.repeat(500)}`],
  ])('%s', async (_, text) => {
    const events = await passed(answer(text, 50))
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'end' })
  })

  it('whose arguments of a tool repeat', async () => {
    expect((await passed(answer(sentence(1).repeat(40), 50, 'tool-call'))).at(-1)).toMatchObject({ type: 'finish' })
  })
})

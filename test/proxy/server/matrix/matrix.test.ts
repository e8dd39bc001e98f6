import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type StartedApp } from '../../../support/start-app.ts'
import { aiClients } from './ai-clients.ts'
import { vendorClients } from './clients.ts'
import { startFakes, type Fake } from './fakes.ts'
import { REFUSALS, TOOL, type Client, type Refusal } from './scenario.ts'

/** Every front-end, by the SDKs that people use, on a backend of every protocol, by one table of what is said. */

const BACKENDS = ['chat', 'responses', 'claude', 'gemini', 'assist']
const WAYS = [
  ['whole', false],
  ['streamed', true],
] as const

let fakes: readonly Fake[]
let proxy: StartedApp

beforeAll(async () => {
  fakes = await startFakes()
  const backends = fakes.map(
    ({ id, protocol, url }) =>
      `  ${id}: { type: custom, protocol: ${protocol}, api_url: ${url}, api_key: env:${id.toUpperCase()}_KEY }`,
  )
  proxy = await startApp(
    [
      'failure_handling: { enabled: false }',
      'resilience: { circuit_breaker: { enabled: false } }',
      'backends:',
      ...backends,
    ].join('\n'),
    Object.fromEntries(fakes.map(({ id, key }) => [`${id.toUpperCase()}_KEY`, key])),
  )
})

afterAll(async () => {
  await proxy.close()
  await Promise.all(fakes.map(fake => fake.close()))
})

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const COLOUR = {
  type: 'object',
  properties: { colour: { type: 'string' } },
  required: ['colour'],
  additionalProperties: false,
}

const look = (at: string) => ({ name: TOOL.name, input: { at } })

describe.each([...vendorClients, ...aiClients])('$name', client => {
  describe.each(BACKENDS)('on %s', id => {
    const start = () => {
      const fake = fakes.find(one => one.id === id)
      if (fake === undefined) throw new Error(`there is no fake ${id}`)
      fake.tokens()
      return fake
    }

    it.each(WAYS)('gets a text, %s, and its instructions arrive', async (_, stream) => {
      const fake = start()
      fake.says({ text: ['Hel', 'lo', ' there'] })
      const seen: string[] = []
      const talk = client.open(proxy.url, fake.model, { system: 'Be very brief.' })
      const got = await talk.say({ text: 'Good day.' }, { stream, onText: text => seen.push(text) })
      expect(got).toEqual({ text: 'Hello there', thought: '', calls: [] })
      if (stream) expect(seen.join('')).toBe('Hello there')
      expect(fake.body()).toContain('Be very brief.')
      expect(fake.body()).toContain('Good day.')
    })

    it.each(WAYS)('calls a tool and goes on with what it gave, %s', async (_, stream) => {
      const fake = start()
      const talk = client.open(proxy.url, fake.model, { hasTools: true })
      fake.says({ calls: [look('sea')] })
      const first = await talk.say({ text: 'What is there?' }, { stream })
      expect(first.calls).toMatchObject([look('sea')])

      fake.says({ text: ['Two', ' boats.'] })
      const second = await talk.say({ results: ['saw two boats'] }, { stream })
      expect(second.text).toBe('Two boats.')
      expect(fake.results()).toEqual([expect.stringContaining('saw two boats')])

      const third = await talk.say({ text: 'Thanks.' }, { stream })
      expect(third.text).toBe('Two boats.')
      expect(fake.results()).toHaveLength(1)
    })

    it.each(WAYS)('calls several tools at once, and each gets its own result, %s', async (_, stream) => {
      const fake = start()
      const talk = client.open(proxy.url, fake.model, { hasTools: true })
      fake.says({ text: ['I look.'], calls: [look('sea'), look('sky'), look('land')] })
      const first = await talk.say({ text: 'What is where?' }, { stream })
      expect(first.text).toBe('I look.')
      expect(first.calls).toMatchObject([look('sea'), look('sky'), look('land')])
      // Google's backends give calls no ids, and what is relayed has none either.
      const ids = first.calls.map(call => call.id).filter(id => id !== '')
      expect(new Set(ids).size).toBe(client.protocol === fake.protocol && ids.length === 0 ? 0 : 3)

      fake.says({ text: ['Done.'] })
      const second = await talk.say({ results: ['a boat', 'a bird', 'a horse'] }, { stream })
      expect(second.text).toBe('Done.')
      expect(fake.results()).toEqual(
        ['a boat', 'a bird', 'a horse'].map(text => expect.stringContaining(text) as string),
      )
    })

    it.each(WAYS)('gets an answer by a schema, %s', async (_, stream) => {
      const fake = start()
      fake.says({ text: ['{"colour"', ':"red"}'] })
      const talk = client.open(proxy.url, fake.model, { schema: COLOUR })
      const got = await talk.say({ text: 'Which one?' }, { stream })
      expect(JSON.parse(got.text)).toEqual({ colour: 'red' })
      expect(fake.body()).toContain('"colour"')
    })

    it.each(WAYS)(
      'thinks between calls over three turns, and the proof goes back to who gave it, %s',
      async (_, stream) => {
        const fake = start()
        const talk = client.open(proxy.url, fake.model, { hasTools: true, thinks: true })
        fake.says({ thought: 'First I look.', calls: [look('sea')] })
        const first = await talk.say({ text: 'What is there?' }, { stream })
        if (client.keepsTokens) expect(first.thought).toBe('First I look.')
        fake.says({ thought: 'Now the sky.', calls: [look('sky')] })
        const second = await talk.say({ results: ['a boat'] }, { stream })
        expect(second.calls).toMatchObject([look('sky')])
        fake.says({ text: ['Done.'] })
        const third = await talk.say({ results: ['a bird'] }, { stream })
        expect(third.text).toBe('Done.')
        const { got, issued } = fake.tokens()
        if (client.keepsTokens) expect(got).toEqual(issued)
      },
    )

    it('shows an image', async () => {
      const fake = start()
      fake.says({ text: ['A dot.'] })
      const talk = client.open(proxy.url, fake.model, {})
      expect((await talk.say({ text: 'What is it?', image: PIXEL }, { stream: true })).text).toBe('A dot.')
      expect(fake.body()).toContain(PIXEL)
    })

    it('gets a long answer, piece by piece and whole', async () => {
      const fake = start()
      const text = Array.from({ length: 500 }, (_, at) => `word${at} `)
      fake.says({ text })
      let pieces = 0
      const got = await client
        .open(proxy.url, fake.model, {})
        .say({ text: 'Go on.' }, { stream: true, onText: () => pieces++ })
      expect(got.text).toBe(text.join(''))
      expect(pieces).toBeGreaterThan(1)
    })

    it.each(REFUSALS)('gets an error of its own kind for: %s', async refusal => {
      const fake = start()
      fake.refuses(refusal)
      for (const [, stream] of WAYS) {
        const thrown: unknown = await client
          .open(proxy.url, fake.model, {})
          .say({ text: 'Hello' }, { stream })
          .catch((error: unknown) => error)
        const { status, type, text, retryAfter } = client.failureOf(thrown)
        expect([type, status]).toEqual([client.types[refusal], statusOf(refusal, client, fake)])
        if (refusal === 'rate-limited') expect(retryAfter).toBe('7')
        if (refusal === 'context-too-long') expect(text).toMatch(TOO_LONG[client.protocol] ?? '')
      }
    })

    it('leaves in mid-stream, and the backend is hung up on', async () => {
      const fake = start()
      const hungUp = fake.stalls()
      const leaving = new AbortController()
      const talk = client.open(proxy.url, fake.model, {})
      const saying = talk.say(
        { text: 'Hello' },
        {
          stream: true,
          signal: leaving.signal,
          onText: () => {
            leaving.abort()
          },
        },
      )
      await expect(saying).rejects.toThrow()
      await hungUp
    })
  })
})

/** What tells each SDK's users that the conversation is too long. */
const TOO_LONG: Readonly<Record<string, RegExp>> = {
  'openai-chat': /context_length_exceeded/,
  'openai-responses': /context_length_exceeded/,
  anthropic: /prompt is too long/,
  gemini: /INVALID_ARGUMENT/,
}

/** The status that the asking API has for it; a backend of the same protocol is heard as it is. */
function statusOf(refusal: Refusal, { protocol }: Client, fake: Fake): number {
  switch (refusal) {
    case 'unauthenticated':
      return 401
    case 'not-found':
      return 404
    case 'rate-limited':
      return 429
    case 'failed':
      return protocol === fake.protocol ? 500 : 502
    case 'overloaded':
      return protocol === 'anthropic' ? 529 : 503
    case 'context-too-long':
      return 400
  }
}

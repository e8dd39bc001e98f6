import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { collect, type Reply } from '../../../proxy/core/reply.ts'
import type { Request } from '../../../proxy/core/request.ts'
import { protocolOf, protocols } from '../../../proxy/protocols/index.ts'
import type { ProtocolId } from '../../../proxy/protocols/protocol.ts'
import { decodeSse } from '../../../proxy/wire/sse.ts'
import { cut, drain, framesOf } from '../../support/streams.ts'

/** Real answers of many vendors, kept beside the checkout. Each is found out to speak a protocol by what it holds. */
const folder = resolve(import.meta.dirname, '../../../../shared/data/recordings')

/**
 * Streams that fail, tested with their protocol: of a gateway that began anew in the middle of an answer, of a vendor that
 * told an error, and one of which the recording lost the end.
 */
const BROKEN = /spliced-message-start|openai-error\.1\.chunks|parallel-tool-call-wrapper\.1\.chunks/

if (!existsSync(folder)) {
  console.log('skipped: recordings of vendors are not beside this checkout (../shared/data/recordings)')
}

/** A stream of which most deltas were cut out when it was recorded: it says less than the body. */
const SHORTENED = /openai-shell-container\.1\.chunks/

interface Recording {
  readonly name: string
  readonly protocol: ProtocolId
  /** The payloads of a stream, or one whole body. */
  readonly payloads: readonly unknown[]
  readonly whole: boolean
}

const recordings = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap(load) : []

/** A client that wants to see all there is. */
const asked: Request = {
  model: 'm',
  stream: true,
  streamUsage: true,
  reasoning: { visible: true },
  system: [],
  messages: [],
  tools: [],
  sampling: {},
}

describe.skipIf(recordings.length === 0)('recorded answers', () => {
  it.each(recordings.filter(({ whole }) => !whole))(
    '$name: a stream reads the same when it is written again, streamed or whole',
    async recording => {
      const { protocol, read } = speaking(recording)
      const reply = await read(recording)
      if (reply.reason !== 'refusal') expect(reply.parts).not.toEqual([])

      const again = protocol.encodeStream(protocol.decodeStream(framesOf(...ended(recording))), asked)
      const { items } = await drain(again)
      const rewritten = await collect(protocol.decodeStream(framesOf(...items.map(({ data }) => data))))
      // Usage that nobody told is guessed.
      const expected = { ...reply, usage: reply.usage ?? rewritten.usage }
      expect(comparable(rewritten)).toEqual(comparable(expected))
      expect(shape(protocol.decodeReply(sent(protocol.encodeReply(reply, asked))))).toEqual(shape(reply))
    },
  )

  it.each(recordings.filter(({ whole }) => whole))(
    '$name: a body reads the same when it is written again',
    async recording => {
      const { protocol, read } = speaking(recording)
      const reply = await read(recording)
      if (reply.reason !== 'refusal') expect(reply.parts).not.toEqual([])
      expect(comparable(protocol.decodeReply(sent(protocol.encodeReply(reply, asked))))).toEqual(comparable(reply))
    },
  )

  it.each(recordings.filter(({ whole }) => !whole))(
    '$name: bytes cut anywhere give the same events',
    async recording => {
      const { protocol } = speaking(recording)
      const bytes = Buffer.from(
        ended(recording)
          .map(data => `data: ${asText(data)}\r\n\r\n`)
          .join(''),
      )
      const atOnce = await drain(protocol.decodeStream(decodeSse(cut(bytes))))
      for (const step of [7, 61, 1021]) {
        const places = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) => at * step)
        expect(await drain(protocol.decodeStream(decodeSse(cut(bytes, places))))).toEqual(atOnce)
      }
    },
  )

  it.each(crossings())('$recording.name: says the same as $to', async ({ recording, to }) => {
    const { protocol, read } = speaking(recording)
    const target = protocolOf(to)
    if (target === undefined) throw new Error(`${to} is not in the list`)
    const written = target.encodeStream(protocol.decodeStream(framesOf(...ended(recording))), asked)
    const { items } = await drain(written)
    const again = await collect(target.decodeStream(framesOf(...items.map(({ data }) => data))))
    const reply = await read(recording)
    const { text, calls } = shape(reply)
    // A note stands for an image where the format has none.
    const hasImages = reply.parts.some(({ type }) => type === 'image')
    expect(shape(again)).toMatchObject({ text: hasImages ? (expect.stringContaining(text) as string) : text, calls })
  })

  it('holds pairs of a stream and a body of the same answer, which read the same', async () => {
    const pairs = await sameAnswers()
    expect(pairs.length).toBeGreaterThan(0)
    for (const { stream, body } of pairs) expect(withoutZeros(stream)).toEqual(withoutZeros(body))
  })
})

/** Every stream with every other protocol, in which it is to be written. */
function crossings() {
  return recordings
    .filter(({ whole }) => !whole)
    .flatMap(recording =>
      protocols.filter(({ id }) => id !== recording.protocol).map(({ id }) => ({ recording, to: id })),
    )
}

function load(name: string): Recording[] {
  const kind = /\.(json|chunks\.txt|sse)$/.exec(name)?.[1]
  if (kind === undefined) return []
  const content = readFileSync(join(folder, name), 'utf8')
  const lines = kind === 'json' ? [content] : content.split('\n').map(line => line.replace(/^data: ?/, '').trim())
  const payloads = lines.filter(line => line !== '' && line !== '[DONE]').flatMap(parsed)
  const protocol = payloads.map(protocolOfPayload).find(id => id !== undefined)
  if (protocol === undefined || protocolOf(protocol) === undefined || BROKEN.test(name)) return []
  const answers = protocol === 'anthropic' ? splitAtStops(payloads) : [payloads]
  return answers.map((answer, at) => ({
    name: `${relative('.', name)}${at === 0 ? '' : ` #${at + 1}`}`,
    protocol,
    payloads: answer,
    whole: kind === 'json',
  }))
}

/** Some of Anthropic's recordings hold the answers of several turns, one after the other. */
function splitAtStops(payloads: readonly unknown[]): unknown[][] {
  const answers: unknown[][] = [[]]
  for (const payload of payloads) {
    answers.at(-1)?.push(payload)
    if ((payload as { type?: unknown }).type === 'message_stop') answers.push([])
  }
  return answers.filter(answer => answer.length > 0)
}

/** What a payload speaks, if it is part of an answer. */
function protocolOfPayload(payload: unknown): ProtocolId | undefined {
  const { choices, type, candidates, object } = payload as {
    object?: unknown
    choices?: readonly Readonly<Record<string, unknown>>[]
    type?: unknown
    candidates?: unknown
  }
  if (Array.isArray(candidates)) return 'gemini'
  if (choices?.some(choice => 'delta' in choice || 'message' in choice) === true) return 'openai-chat'
  if (object === 'response' || type === 'response.created') return 'openai-responses'
  if (type === 'message_start' || (type === 'message' && 'stop_reason' in (payload as object))) return 'anthropic'
  return undefined
}

function speaking(recording: Recording) {
  const protocol = protocolOf(recording.protocol)
  if (protocol === undefined) throw new Error(`${recording.protocol} is not in the list`)
  const read = async (it: Recording): Promise<Reply> =>
    it.whole ? protocol.decodeReply(it.payloads[0]) : collect(protocol.decodeStream(framesOf(...ended(it))))
  return { protocol, read }
}

/** The payloads with the mark that ends the protocol's streams, which recordings leave out. */
function ended({ protocol, payloads }: Recording): readonly unknown[] {
  return protocol === 'openai-chat' ? [...payloads, '[DONE]'] : payloads
}

/** Streams and bodies of one id and the same number of tokens are the same answer, recorded twice. */
async function sameAnswers(): Promise<{ stream: Reply; body: Reply }[]> {
  const replies = await Promise.all(
    recordings
      .filter(({ name }) => !SHORTENED.test(name))
      .map(async recording => ({ whole: recording.whole, reply: await speaking(recording).read(recording) })),
  )
  return replies
    .filter(({ whole }) => !whole)
    .flatMap(({ reply: stream }) =>
      replies
        .filter(({ whole, reply }) => whole && reply.id === stream.id && reply.usage?.output === stream.usage?.output)
        .map(({ reply: body }) => ({ stream, body })),
    )
}

/** A reply as a value: what is undefined is not there. */
function comparable(reply: Reply): unknown {
  return sent(reply)
}

/** A reply in which nothing cached is the same as no word about caches: servers say so in one form and not in the other. */
function withoutZeros({ usage, ...reply }: Reply): unknown {
  return sent({ ...reply, usage: Object.fromEntries(Object.entries(usage ?? {}).filter(([, tokens]) => tokens !== 0)) })
}

/** What survives a format that has one text and one thought: kinds in their order, and all that was said. */
function shape({ parts, reason }: Reply) {
  const texts = (type: string) => parts.map(part => (part.type === type && 'text' in part ? part.text : '')).join('')
  return { text: texts('text'), calls: parts.filter(part => part.type === 'tool-call').map(({ name }) => name), reason }
}

function sent<T>(body: T): T {
  return JSON.parse(JSON.stringify(body)) as T
}

function parsed(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    // Some recordings hold broken lines.
    return []
  }
}

function asText(data: unknown): string {
  return typeof data === 'string' ? data : JSON.stringify(data)
}

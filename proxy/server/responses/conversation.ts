import { CARRIED } from '../../core/carried.ts'
import { ProxyError } from '../../core/errors.ts'
import type { Request } from '../../core/request.ts'
import { isRecord, record, type Fields } from '../../protocols/fields.ts'
import { openaiResponses } from '../../protocols/openai-responses/index.ts'
import type { Protocol } from '../../protocols/protocol.ts'
import { jsonOrText, parseJson } from '../../wire/json.ts'
import type { Frames, SseFrame } from '../../wire/sse.ts'
import { withOwnIds } from '../own-ids.ts'
import { readAsked, type Asked } from '../answering/asked.ts'
import { uncompacted } from './compaction.ts'

/** What a client of Responses may go on from, and what becomes of its answer. */
export interface Conversation {
  /** What stood before, up to and with a response; nothing if it is not known here. */
  readonly before: (id: string) => Before | undefined
  /** Takes the answer when it is over; `backend` has it too, where it is the one that was relayed. */
  readonly answered: (response: Fields, sent: Fields, backend?: string) => void
}

export interface Before {
  /** Every item, oldest first. */
  readonly items: readonly unknown[]
  /** The backend that has them as well, so that it can be asked by the id. */
  readonly backend?: string | undefined
}

const PREVIOUS = 'previous_response_id'

/** What is stored is found by its id. */
const responses = withOwnIds(openaiResponses, 'resp_')

/**
 * What a body asks: one that goes on from a response stands for the whole conversation. It is relayed to the backend that knows
 * that response; to any other it is translated, with everything that was said before. An id that nobody here knows may be the
 * backend's own.
 */
export function readResponses(protocol: Protocol, body: Buffer, { before }: Pick<Conversation, 'before'>): Asked {
  const plain = readAsked(protocol, body)
  if (!body.includes(`"${PREVIOUS}"`) && !body.includes(CARRIED)) return plain
  const { [PREVIOUS]: previous, ...sent } = record(parseJson(body))
  const items = uncompacted(inputItems(sent['input']))
  if (typeof previous !== 'string')
    return { ...plain, request: () => protocol.decodeRequest({ ...sent, input: items }) }
  const known = before(previous)
  return {
    model: plain.model,
    bodyFor: (model, backend) =>
      known === undefined || known.backend === backend ? plain.bodyFor(model, backend) : undefined,
    request() {
      if (known === undefined) throw notFound(previous)
      return protocol.decodeRequest({ ...sent, input: [...uncompacted(known.items), ...items] })
    },
  }
}

function notFound(previous: string): ProxyError {
  return new ProxyError(
    'invalid-request',
    `Previous response with id '${previous}' not found. Send the whole conversation as input instead.`,
    { param: PREVIOUS, code: 'previous_response_not_found' },
  )
}

/** The input as items: a string is the message of a user. */
export function inputItems(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input as readonly unknown[]
  return typeof input === 'string' && input !== ''
    ? [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }]
    : []
}

/** What only OpenAI keeps or does can’t be translated: it is refused by name, where it would change what is asked. */
function refuseElsewhere({ conversation, prompt, background }: Fields) {
  const [param] = [
    ...(conversation == null ? [] : ['conversation']),
    ...(prompt == null ? [] : ['prompt']),
    ...(background === true ? ['background'] : []),
  ]
  if (param === undefined) return
  throw new ProxyError('invalid-request', `${param} works only where OpenAI itself answers: this backend has none.`, {
    param,
    code: 'unsupported_parameter',
  })
}

/** The protocol for one turn, whose answer names the response it goes on from and is told to `answered` when it is over. */
export function remembering(body: Buffer, { answered }: Pick<Conversation, 'answered'>): Protocol {
  // What is no JSON is refused before any answer is encoded.
  const sent = () => record(jsonOrText(body.toString('utf8')))
  const echoing = (asked: Request): Request => {
    const { [PREVIOUS]: previous } = sent()
    const { [openaiResponses.id]: own } = asked.extras ?? {}
    return previous == null ? asked : { ...asked, extras: { [openaiResponses.id]: { ...own, [PREVIOUS]: previous } } }
  }
  return {
    ...openaiResponses,
    decodeRequest(body) {
      refuseElsewhere(record(body))
      return openaiResponses.decodeRequest(body)
    },
    encodeReply(reply, asked) {
      const response = responses.encodeReply(reply, echoing(asked))
      answered(record(response), sent())
      return response
    },
    encodeStream: (events, asked) =>
      heard(responses.encodeStream(events, echoing(asked)), response => answered(response, sent())),
  }
}

async function* heard(frames: Frames, over: (response: Fields) => void): Frames {
  for await (const batch of frames) {
    yield batch
    const last = batch.at(-1)
    if (last !== undefined && isEnd(last)) over(record(record(JSON.parse(last.data))['response']))
  }
}

function isEnd({ event }: SseFrame): boolean {
  return event === 'response.completed' || event === 'response.incomplete'
}

/** The response in a relayed answer, whole or streamed; nothing if it did not come to its end. */
export function responseIn(answer: string): Fields | undefined {
  const whole = jsonOrText(answer)
  if (isRecord(whole)) return whole['object'] === 'response' ? whole : undefined
  const ends = answer
    .split(/\r\n\r\n|\n\n|\r\r/)
    .filter(frame => /"type"\s*:\s*"response\.(completed|incomplete)"/.test(frame))
  const data = ends
    .at(-1)
    ?.split(/\r\n|\n|\r/)
    .find(line => line.startsWith('data:'))
  const event = data === undefined ? undefined : jsonOrText(data.slice('data:'.length))
  const response = record(event)['response']
  return isRecord(response) ? response : undefined
}

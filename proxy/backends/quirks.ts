import { ProxyError, type ErrorKind } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import type { Request } from '../core/request.ts'
import { openaiChatIn } from '../protocols/openai-chat/index.ts'
import type { Dialect } from '../protocols/openai-chat/dialect.ts'
import type { Dialect as ResponsesDialect } from '../protocols/openai-responses/dialect.ts'
import { openaiResponsesIn } from '../protocols/openai-responses/index.ts'
import { protocolOf } from '../protocols/index.ts'
import type { Protocol, ProtocolId } from '../protocols/protocol.ts'
import { withoutRepeats } from './cumulative.ts'
import { demanded, wantingIn, type Demands } from './demands.ts'
import { thoughtsApart } from './think-tags.ts'

/**
 * In what a vendor's API differs from the protocol as its owner has it: facts of its row, applied in this file and nowhere
 * else. What they touch in a request or an answer can't be relayed, so that such a turn is translated.
 */
export interface Quirks extends Demands {
  /** How its Chat Completions differ from OpenAI's. */
  readonly dialect?: Dialect | undefined
  /** How its Responses API differs from OpenAI's. */
  readonly responsesDialect?: ResponsesDialect | undefined
  /** Fields of a body that it refuses or that break it: left out. */
  readonly refuses?: readonly string[] | undefined
  /** Fields that every body must have. */
  readonly adds?: Readonly<Record<string, unknown>> | undefined
  /** The most tokens of an answer that may be asked for. */
  readonly mostTokens?: number | undefined
  /** Efforts that it knows by another word. */
  readonly efforts?: Readonly<Record<string, string>> | undefined
  /** Thinking is switched by `thinking: {type: enabled | disabled}`. */
  readonly thinkingSwitch?: boolean | undefined
  /** Assistant messages that call tools must have some `reasoning_content`. */
  readonly thoughtsBesideCalls?: boolean | undefined
  /** Whether it can stream; where not, the whole answer is always asked for. */
  readonly streams?: boolean | undefined
  /** A piece of an answer may repeat all that was said before it. */
  readonly cumulative?: boolean | undefined
  /** Thoughts stand in the text, between `<think>` and `</think>`. */
  readonly thinkTags?: boolean | undefined
  /** Errors may stand inside an answer with status 200, in MiniMax's `base_resp`. */
  readonly errorsInside200?: boolean | undefined
  /** What its refusals mean, where their words say more than their status; the first that matches. */
  readonly refusals?: readonly Refusal[] | undefined
  /** HTTP/2 breaks its answers off. */
  readonly http1Only?: boolean | undefined
  /** Headers that are not the protocol's are not sent: neither the client's nor our mark against loops. */
  readonly bareHeaders?: boolean | undefined
  /** It serves known coding agents only, so that one that calls us may say who it is. */
  readonly agentsOnly?: boolean | undefined
  /** Headers that say who calls, where the client did not. */
  readonly identity?: Readonly<Record<string, string>> | undefined
}

interface Refusal {
  /** Found in the text of the body. */
  readonly says: RegExp
  readonly means?: ErrorKind | undefined
  /** What to do about it, in a sentence. */
  readonly hint?: string | undefined
}

interface Spoken extends Quirks {
  readonly protocol: ProtocolId
}

const dialects = new WeakMap<Spoken, Protocol>()

/** The protocol in the vendor's dialect; nothing if we don't speak it. */
export function dialectOf(spoken: Spoken): Protocol | undefined {
  const known = dialects.get(spoken)
  if (known !== undefined) return known
  const { protocol, dialect, responsesDialect } = spoken
  const made =
    protocol === 'openai-chat' && dialect !== undefined
      ? openaiChatIn(dialect)
      : protocol === 'openai-responses' && responsesDialect !== undefined
        ? openaiResponsesIn(responsesDialect)
        : protocolOf(protocol)
  if (made !== undefined) dialects.set(spoken, made)
  return made
}

/**
 * Why a client's body can't go to this API as it is, although it is of the same protocol; nothing if it can. `most` is the
 * limit on the answer's tokens, where the model has one of its own.
 */
export function whyNotRelayed(quirks: Quirks, body: Buffer, most = quirks.mostTokens): string | undefined {
  const answers = answerQuirks(quirks)
  if (answers !== undefined) return answers
  const wanting = wantingIn(quirks, body)
  if (wanting !== undefined) return wanting
  const { fields, values } = marksOf(quirks)
  const found = fields.find(name => hasField(body, name)) ?? values.find(value => body.includes(`"${value}"`))
  if (found !== undefined) return `the backend does not take ${JSON.stringify(found)}`
  if (most !== undefined && tokensAsked(body) > most) return `the backend gives ${most} tokens at most`
  return undefined
}

function answerQuirks({ streams, cumulative, errorsInside200, adds }: Quirks): string | undefined {
  if (streams === false) return 'the backend can’t stream'
  if (cumulative === true) return 'the backend repeats itself in its stream'
  if (errorsInside200 === true) return 'the backend tells errors inside its answers'
  if (adds !== undefined) return 'the backend needs fields of its own'
  return undefined
}

interface Marks {
  readonly fields: readonly string[]
  readonly values: readonly string[]
}

const marks = new WeakMap<Quirks, Marks>()

/** Names and values which this API does not take. In a body they are looked for with their quotes, which text can't hold bare. */
function marksOf(quirks: Quirks): Marks {
  const known = marks.get(quirks)
  if (known !== undefined) return known
  const { dialect = {}, refuses = [], efforts = {}, thoughtsBesideCalls, thinkingSwitch } = quirks
  const found = {
    fields: [
      ...refuses,
      ...(dialect.maxTokensField === 'max_tokens' ? ['max_completion_tokens'] : []),
      ...(dialect.reasoningField === 'none' ? ['reasoning_content', 'reasoning_details'] : []),
      ...(dialect.reasoningControl === 'reasoning' ? ['reasoning_effort'] : []),
      ...(thoughtsBesideCalls === true ? ['tool_calls'] : []),
      ...(thinkingSwitch === true ? ['reasoning_effort', 'reasoning'] : []),
    ],
    values: [
      ...Object.keys(efforts),
      ...(dialect.developerRole === false ? ['developer'] : []),
      ...(dialect.customTools === false ? ['custom'] : []),
      ...(dialect.allowedTools === false ? ['allowed_tools'] : []),
    ],
  }
  marks.set(quirks, found)
  return found
}

/** Whether a body has a field of that name, at any depth. */
function hasField(body: Buffer, name: string): boolean {
  const quoted = `"${name}"`
  for (let at = body.indexOf(quoted); at !== -1; at = body.indexOf(quoted, at + 1)) {
    let next = at + quoted.length
    while (isSpace(body[next])) next++
    if (body[next] === 0x3a) return true
  }
  return false
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** The largest limit on the answer that stands in a body; never less than the real one. */
function tokensAsked(body: Buffer): number {
  let most = 0
  for (const name of ['"max_tokens"', '"max_completion_tokens"', '"max_output_tokens"']) {
    for (let at = body.indexOf(name); at !== -1; at = body.indexOf(name, at + 1)) {
      const digits = /^\s*:\s*(\d+)/.exec(body.toString('latin1', at + name.length, at + name.length + 40))
      most = Math.max(most, Number(digits?.[1] ?? 0))
    }
  }
  return most
}

/** The request with no more tokens asked for than there are. */
export function withinLimit(request: Request, most: number | undefined): Request {
  const { maxTokens } = request.sampling
  if (most === undefined || maxTokens === undefined || maxTokens <= most) return request
  return { ...request, sampling: { ...request.sampling, maxTokens: most } }
}

/** The encoded body as this API takes it. */
export function withFacts(quirks: Quirks, encoded: unknown, request: Request): unknown {
  const { refuses, adds, efforts, thinkingSwitch, thoughtsBesideCalls } = quirks
  const body = { ...demanded(quirks, encoded as Record<string, unknown>), ...adds }
  if (thinkingSwitch === true && request.reasoning !== undefined) {
    const isOff = request.reasoning.mode === 'off' || request.reasoning.effort === 'none'
    body['thinking'] = { type: isOff ? 'disabled' : 'enabled' }
  }
  if (efforts !== undefined) renameEffort(body, efforts)
  if (thoughtsBesideCalls === true && Array.isArray(body['messages'])) {
    body['messages'] = body['messages'].map(withThoughts)
  }
  return refuses === undefined
    ? body
    : Object.fromEntries(Object.entries(body).filter(([name]) => !refuses.includes(name)))
}

function renameEffort(body: Record<string, unknown>, efforts: Readonly<Record<string, string>>) {
  const { reasoning, reasoning_effort } = body
  if (typeof reasoning_effort === 'string') body['reasoning_effort'] = efforts[reasoning_effort] ?? reasoning_effort
  if (typeof reasoning !== 'object' || reasoning === null || !('effort' in reasoning)) return
  const effort = String(reasoning.effort)
  body['reasoning'] = { ...reasoning, effort: efforts[effort] ?? effort }
}

/** A space will do where the client has not kept the thoughts. */
function withThoughts(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('tool_calls' in message)) return message
  const thoughts = 'reasoning_content' in message ? message.reasoning_content : undefined
  return typeof thoughts === 'string' && thoughts !== '' ? message : { ...message, reasoning_content: ' ' }
}

/** The answer as the protocol's owner would have told it. */
export function straightened({ cumulative, thinkTags }: Quirks, events: Events): Events {
  const whole = cumulative === true ? withoutRepeats(events) : events
  return thinkTags === true ? thoughtsApart(whole) : whole
}

/** What a refusal means, with what the row knows of its words. */
export function explained({ refusals = [] }: Quirks, error: ProxyError, text: string): ProxyError {
  const known = refusals.find(({ says }) => says.test(text))
  if (known === undefined) return error
  const { kind, message, ...facts } = error
  return new ProxyError(known.means ?? kind, known.hint === undefined ? message : `${message} ${known.hint}`, facts)
}

/** MiniMax's codes, as far as they are known. */
const minimaxCodes: Readonly<Record<number, ErrorKind>> = {
  1002: 'rate-limited',
  1004: 'unauthenticated',
  1008: 'out-of-credit',
  1039: 'rate-limited',
  2056: 'rate-limited',
}

/** Throws the error that stands in a body, or in the data of a frame, that came with status 200. */
export function refuseInside({ errorsInside200 }: Quirks, text: string): void {
  if (errorsInside200 !== true || !text.includes('"base_resp"')) return
  const { status_code: code, status_msg: message } = baseResponseIn(text)
  if (typeof code !== 'number' || code === 0) return
  const words = typeof message === 'string' && message !== '' ? message : 'no message'
  throw new ProxyError(minimaxCodes[code] ?? 'bad-upstream', `${words} (${code})`, { code: String(code), status: 200 })
}

function baseResponseIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const { base_resp } = JSON.parse(text) as { base_resp?: Readonly<Record<string, unknown>> | null }
    return base_resp ?? {}
  } catch {
    return {}
  }
}

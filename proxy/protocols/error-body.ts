import type { ErrorKind } from '../core/errors.ts'
import { isRecord, record, type Fields } from './fields.ts'

/** What a backend's refusal says, whatever its form. */
export interface ErrorBody {
  /** As the vendor wrote it, perhaps long: to be shown by `excerpt`. Empty if it said nothing. */
  readonly message: string
  /** The record that tells of the error, for a vendor's own fields. */
  readonly error: Fields
}

/**
 * The error in a body: `{error: {…}}` (OpenAI, Anthropic, Gemini), `[{error: {…}}]` (Gemini's lists), `{error: "…"}` (Ollama,
 * xAI), the error itself (Mistral), `{detail}` (FastAPI), or text that is no JSON at all.
 */
export function readErrorBody(body: unknown): ErrorBody {
  if (typeof body === 'string') return { message: body, error: {} }
  if (Array.isArray(body)) return readErrorBody(body[0])
  if (!isRecord(body)) return { message: '', error: {} }
  const error = isRecord(body['error']) ? body['error'] : body
  const said = [error['message'], body['error'], error['detail'], body['message']].find(value => value != null)
  return { message: typeof said === 'string' ? said : JSON.stringify(said ?? body), error }
}

/** Whether a body is in any API's form of an error, and not what a server says of a path that it does not know. */
export function isApiError(body: unknown): boolean {
  const [first] = Array.isArray(body) ? (body as readonly unknown[]) : [body]
  const { error, message } = record(first)
  return error != null || message != null
}

/** A record's field, if it is text. */
export function textIn(error: Fields, ...fields: readonly string[]): string | undefined {
  return fields.map(field => error[field]).find(value => typeof value === 'string')
}

/** Google's `RetryInfo`, with seconds as text (`34.4s`), in milliseconds. */
export function retryDelay({ details }: Fields): number | undefined {
  const delays = Array.isArray(details) ? details.map(detail => record(detail)['retryDelay']) : []
  const seconds = delays.map(delay => Number.parseFloat(String(delay))).find(Number.isFinite)
  return seconds === undefined ? undefined : Math.ceil(seconds * 1000)
}

/**
 * What a refusal means by its words, since servers that give no code say the same things in nearly the same words. Only
 * refusals may be read so: words in a failure of the server's own prove nothing.
 */
export function kindByWords(message: string): ErrorKind | undefined {
  return kindsByMessage.find(([words]) => words.test(message))?.[1]
}

const kindsByMessage: readonly (readonly [words: RegExp, kind: ErrorKind])[] = [
  [
    /(prompt|input) is too long|context (window|length|limit)|maximum context|too many (input |prompt )?tokens|exceed.{0,20}context|input token count.{0,40}exceeds|reduce the length of the (messages|prompt)/i,
    'context-too-long',
  ],
  [
    /(incorrect|invalid|missing|no) (x-)?api[ -]key|api key (is )?(not valid|invalid|missing|expired|not found)/i,
    'unauthenticated',
  ],
  [/credit balance is too low|insufficient (balance|credits?|funds|quota)|out of credits?/i, 'out-of-credit'],
  [
    /^model:|model\b.*\b(not found|does ?n[o']t exist|not exist|not available)|(unknown|no such|not a valid) model/i,
    'unknown-model',
  ],
]

const MOST_CHARACTERS = 500

/** The beginning of a message (a gateway's HTML page, say) without the keys that vendors repeat in it. */
export function excerpt(message: string): string {
  return message
    .slice(0, MOST_CHARACTERS)
    .trim()
    .replace(/\b(sk|gsk|xai|pk|rk)-[\w*-]{6,}|\bAIza[\w-]{10,}|\bya29\.[\w.-]{10,}|(?<=[?&]key=)[^&\s"']+/g, '***')
}

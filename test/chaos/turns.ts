import { pick } from './random.ts'

/** How a turn ended, and what is wrong about that. */
export interface Result {
  readonly turn: string
  readonly kind: 'answers' | 'errors' | 'errors in the stream' | 'left by their clients'
  readonly fault?: string | undefined
}

const MODEL = 'u0:m|u1:m|u2:m'
/** No turn may take longer: three targets with their time-outs and waits, crawling. */
const PATIENCE_MS = 20_000

type Api = 'chat' | 'responses' | 'messages' | 'gemini'

/** Asks one turn over one of the four APIs, whole or streamed, and judges what comes back. Some clients leave early. */
export async function ask(url: string, turn: string, random: () => number): Promise<Result> {
  const api = pick<Api>(
    [
      [1, 'chat'],
      [1, 'responses'],
      [1, 'messages'],
      [1, 'gemini'],
    ],
    random,
  )
  const stream = random() < 0.7
  const leavesAfterMs = random() < 0.05 ? random() * 60 : undefined
  const [path, body] = bodies[api](`${turn} of ${Math.round(random() * 1e6)}`, stream)
  const leave = new AbortController()
  const leaving = leavesAfterMs === undefined ? undefined : setTimeout(() => leave.abort(), leavesAfterMs)
  try {
    const answer = await fetch(url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.any([leave.signal, AbortSignal.timeout(PATIENCE_MS)]),
    })
    const { text, whole } = await read(answer)
    if (leave.signal.aborted) return { turn, kind: 'left by their clients' }
    if (answer.status !== 200) return { turn, kind: 'errors', fault: faultOfError(api, answer.status, text) }
    const ended = stream ? ends[api].test(text) : isAnswer(api, text)
    if (whole && ended) return { turn, kind: 'answers', fault: faultOfWords(text) }
    return { turn, kind: 'errors in the stream', fault: faultOfBreak(api, stream, text) }
  } catch (error) {
    if (leave.signal.aborted) return { turn, kind: 'left by their clients' }
    return { turn, kind: 'errors', fault: `no answer: ${String(error)}` }
  } finally {
    clearTimeout(leaving)
  }
}

async function read(answer: Response): Promise<{ text: string; whole: boolean }> {
  let text = ''
  try {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString()
    return { text, whole: true }
  } catch {
    return { text, whole: false }
  }
}

const bodies: Readonly<Record<Api, (words: string, stream: boolean) => readonly [path: string, body: object]>> = {
  chat: (words, stream) => [
    '/v1/chat/completions',
    { model: MODEL, stream, messages: [{ role: 'user', content: words }] },
  ],
  responses: (words, stream) => ['/v1/responses', { model: MODEL, stream, input: words, store: false }],
  messages: (words, stream) => [
    '/v1/messages',
    { model: MODEL, stream, max_tokens: 99, messages: [{ role: 'user', content: words }] },
  ],
  gemini: (words, stream) => [
    `/v1beta/models/${encodeURIComponent(MODEL)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    { contents: [{ role: 'user', parts: [{ text: words }] }] },
  ],
}

/** How a stream of each API ends well. */
const ends: Readonly<Record<Api, RegExp>> = {
  chat: /data: \[DONE\]\s*$/,
  responses: /event: response\.completed\n/,
  messages: /event: message_stop\n/,
  gemini: /"finishReason":"STOP"/,
}

function isAnswer(api: Api, text: string): boolean {
  const body = JSON.parse(text) as Record<string, unknown>
  const field = { chat: 'choices', responses: 'output', messages: 'content', gemini: 'candidates' }[api]
  return Array.isArray(body[field])
}

function faultOfWords(text: string): string | undefined {
  return text.includes('word19') || !text.includes('word0') ? undefined : 'an answer that looks whole lacks its end'
}

/** An error before the first word: a status, and a body in the shape of the API. */
function faultOfError(api: Api, status: number, text: string): string | undefined {
  // The only 500 there may be is an upstream's own.
  if (status < 400 || (status === 500 && !text.includes('oops'))) return `status ${status}: ${text.slice(0, 200)}`
  try {
    const { error, type } = JSON.parse(text) as { error?: { message?: unknown; status?: unknown }; type?: unknown }
    if (typeof error?.message !== 'string') return `an error without words: ${text.slice(0, 200)}`
    if (api === 'messages' && type !== 'error') return `no error of Anthropic’s: ${text.slice(0, 200)}`
    if (api === 'gemini' && typeof error.status !== 'string') return `no error of Google’s: ${text.slice(0, 200)}`
    return undefined
  } catch {
    return `an error that is no JSON: ${text.slice(0, 200)}`
  }
}

/** An answer that broke off must not look whole, and says so in its own form unless it was relayed. */
function faultOfBreak(api: Api, stream: boolean, text: string): string | undefined {
  if (!stream) return `a whole answer broke off: ${text.slice(0, 200)}`
  const told = /"error"|response\.failed/.test(text)
  return told || api === 'chat' ? undefined : `a stream broke off without a word: …${text.slice(-200)}`
}

import type { Outcome, TurnDetail, TurnRow } from '../../proxy/app/contract.ts'

/** Made-up turns that look like a day of real ones. The same seed gives the same turns. */

/** A generator of numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const clients = ['Claude Code', 'Codex', 'opencode', 'openai-node', 'Cline', 'Gemini CLI', 'curl', 'Aider'] as const

const services = [
  { backend: 'openai', models: ['gpt-5.6-terra', 'gpt-5.6-terra-mini', 'o5'] },
  {
    backend: 'openrouter',
    models: ['anthropic/claude-sonnet-5', 'google/gemini-3-pro', 'deepseek/deepseek-r3', 'qwen/qwen3-coder'],
  },
  { backend: 'work', models: ['llama-4-405b-instruct-fp8'] },
  { backend: 'demo', models: ['demo'] },
] as const

/** How often each outcome comes about. */
const outcomes: readonly (readonly [Outcome, number])[] = [
  ['ok', 0.9],
  ['ok after retry', 0.02],
  ['ok via fallback', 0.01],
  ['client cancelled', 0.02],
  ['interrupted', 0.01],
  ['rate limited', 0.015],
  ['upstream error', 0.008],
  ['timeout', 0.006],
  ['auth failed', 0.004],
  ['network', 0.004],
  ['rejected', 0.003],
]

const failures: Readonly<Partial<Record<Outcome, readonly [status: number | undefined, error: string]>>> = {
  'rate limited': [429, 'Rate limit reached for gpt-5.6-terra: 30000 tokens per minute. Please try again in 12.4s.'],
  'upstream error': [503, 'The server is overloaded. Please try again later.'],
  timeout: [504, 'openai said nothing for 300 s. Raise backends.openai.timeout if it needs longer.'],
  'auth failed': [401, 'Incorrect API key provided: sk-…7F3A.'],
  network: [502, 'work can’t be reached at http://127.0.0.1:9101/v1: connection refused.'],
  rejected: [400, 'Unsupported parameter: “max_tokens” is not supported with this model. Use “max_completion_tokens”.'],
  interrupted: [200, 'The stream ended without its end mark after 312 tokens.'],
  'client cancelled': [200, ''],
}

export const phrases = [
  'The parser drops the last frame when the stream ends without a blank line, so',
  'Running the focused tests now. If they pass I will look at the retry path and',
  '| Option | Cost | Risk | Who decides |',
  'I will read the three files first, then change the one that owns the state.',
  'The failing assertion compares 41 with 42: the off-by-one is in the window,',
  'Here is the plan: first the schema, then the handler, then the two callers.',
]

/** A turn that is over, at a time. */
export function fakeTurn(id: string, at: number, random: () => number): TurnRow {
  const service = pick(services, random() ** 1.4)
  const model = pick(service.models, random() ** 1.6)
  const outcome = chosen(random())
  const [status = 200, error = ''] = failures[outcome] ?? []
  const failed = error !== '' && outcome !== 'interrupted'
  const streamed = random() < 0.85
  const tokensIn = Math.round(400 * 2 ** (random() * 8))
  const tokensOut = failed ? undefined : Math.round(20 * 2 ** (random() * 7))
  const firstByteMs = 180 + random() * 1400
  const firstTokenMs = firstByteMs + 20 + random() * 600
  const served = random() < 0.06 ? `${model}-2026-09-01` : model
  return {
    id,
    at,
    open: false,
    frontend: 'openai-chat',
    path: '/v1/chat/completions',
    client: pick(clients, random() ** 1.3),
    asked: random() < 0.2 ? `${service.backend}:${model}` : model,
    backend: service.backend,
    served,
    way: service.backend === 'demo' ? 'local' : 'relayed',
    why: service.backend === 'demo' ? 'answered by the demo' : 'same protocol, nothing to change',
    streamed,
    outcome,
    status,
    firstByteMs: outcome === 'network' ? undefined : firstByteMs,
    firstTokenMs: failed || !streamed ? undefined : firstTokenMs,
    durationMs: failed ? firstByteMs + 12 : firstTokenMs + (tokensOut ?? 0) * (9 + random() * 14),
    tokensIn: failed ? undefined : tokensIn,
    tokensOut,
    cacheRead: failed || random() < 0.4 ? undefined : Math.round(tokensIn * (0.5 + random() * 0.45)),
    reasoning: failed || random() < 0.8 ? undefined : Math.round((tokensOut ?? 0) * 0.3),
    requestBytes: tokensIn * 4,
    responseBytes: (tokensOut ?? 40) * (streamed ? 180 : 6),
    stopReason: failed ? undefined : random() < 0.3 ? 'tool-calls' : 'end',
    upstreamId: failed ? undefined : `chatcmpl-${id.slice(-8)}`,
    error: error === '' ? undefined : error,
    attempts: [],
    words: failed ? undefined : pick(phrases, random()),
  }
}

/** `count` turns that are over, newest first, the last one just before `now`. Busier by day than by night. */
export function fakeTurns(count: number, now: number, seed = 1): TurnRow[] {
  const random = seededRandom(seed)
  const turns: TurnRow[] = []
  let at = now - 4000
  for (let i = count; i > 0; i--) {
    turns.push(fakeTurn(turnId(i), Math.round(at), random))
    const hour = (at / 3_600_000) % 24
    const calm = 1.15 + Math.sin(((hour - 2) / 24) * 2 * Math.PI)
    at -= (2000 + random() ** 3 * 110_000) / calm
  }
  return turns
}

/** A turn that is still going on. */
export function openTurn(id: string, at: number, random: () => number): TurnRow {
  const { firstByteMs, firstTokenMs, ...turn } = fakeTurn(id, at, random)
  return {
    id,
    at,
    open: true,
    frontend: turn.frontend,
    path: turn.path,
    client: turn.client,
    asked: turn.asked,
    ...(turn.backend === undefined ? {} : { backend: turn.backend }),
    ...(turn.served === undefined ? {} : { served: turn.served }),
    way: 'relayed',
    why: 'same protocol, nothing to change',
    streamed: true,
    firstByteMs: firstByteMs ?? 200,
    firstTokenMs: firstTokenMs ?? 400,
    requestBytes: turn.requestBytes,
    responseBytes: 0,
    attempts: [],
    words: pick(phrases, random()),
  }
}

/** What is kept of a turn besides its row. */
export function fakeDetail(turn: TurnRow): TurnDetail {
  const request = JSON.stringify({
    model: turn.asked,
    stream: turn.streamed,
    messages: [
      { role: 'system', content: 'You are a careful engineer. Answer in the language of the question.' },
      { role: 'user', content: 'Why does the parser drop the last frame? Read wire/sse.ts, then say what to change.' },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'read_file', parameters: { type: 'object', properties: { path: { type: 'string' } } } },
      },
    ],
    stream_options: { include_usage: true },
  })
  const response =
    turn.error !== undefined
      ? JSON.stringify({ error: { message: turn.error, type: 'rate_limit_error', code: null } })
      : turn.streamed
        ? (turn.words ?? '')
            .split(/(?= )/)
            .map(
              content =>
                `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}}}]}\n\n`,
            )
            .join('') + (turn.open ? '' : 'data: [DONE]\n\n')
        : JSON.stringify({
            id: 'chatcmpl-1',
            choices: [{ index: 0, message: { role: 'assistant', content: turn.words }, finish_reason: 'stop' }],
          })
  return {
    turn,
    requestHeaders: {
      authorization: 'Bearer ••••7F3A',
      'content-type': 'application/json',
      host: '127.0.0.1:8000',
      'user-agent': 'claude-cli/2.4.1 (external, cli)',
    },
    responseHeaders: {
      'content-type': turn.streamed ? 'text/event-stream' : 'application/json',
      'x-ratelimit-remaining-tokens': '149984',
      'x-request-id': turn.upstreamId ?? 'req-1',
    },
    request: { text: request, bytes: turn.requestBytes, cut: turn.requestBytes > request.length + 40_000 },
    ...(turn.status === 504
      ? { bodiesMissing: 'Nothing came back.' }
      : { response: { text: response, bytes: response.length, cut: false } }),
    curl: `curl http://127.0.0.1:8000/v1/chat/completions \\\n  -H 'authorization: Bearer $API_KEY' \\\n  -H 'content-type: application/json' \\\n  -d '${request}'`,
  }
}

export function turnId(number: number): string {
  return `turn-${String(number).padStart(7, '0')}`
}

function chosen(dice: number): Outcome {
  let sum = 0
  for (const [outcome, share] of outcomes) {
    sum += share
    if (dice < sum) return outcome
  }
  return 'ok'
}

function pick<T>(list: readonly T[], dice: number): T {
  return list[Math.min(list.length - 1, Math.floor(dice * list.length))] as T
}

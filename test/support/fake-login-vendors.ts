import type { VendorAnswer, VendorRequest } from './fake-logins.ts'

type Answer = ReturnType<VendorAnswer>

/** A stream of server-sent events; those of the Responses API and of Anthropic have names. */
function sse(events: readonly Record<string, unknown>[], named = false): Answer {
  const text = events.map(
    event => `${named ? `event: ${String(event['type'])}\n` : ''}data: ${JSON.stringify(event)}\n\n`,
  )
  return { headers: { 'content-type': 'text/event-stream' }, body: text.join('') }
}

/** ChatGPT's door of the Responses API: refuses what it refuses, and leaves the output of its last event empty. */
export function codexAnswer({ method, path, headers, body }: VendorRequest, token: string): Answer {
  if (headers.authorization !== `Bearer ${token}`)
    return { status: 401, body: { error: { message: 'token expired', code: 'token_expired' } } }
  if (method !== 'POST' || path !== '/backend-api/codex/responses')
    return { status: 404, body: { detail: 'Not Found' } }
  const fault =
    headers['chatgpt-account-id'] === undefined
      ? 'no account'
      : body['stream'] !== true
        ? 'Stream must be set to true'
        : body['store'] !== false
          ? 'Store must be set to false'
          : typeof body['instructions'] !== 'string'
            ? 'Instructions are not valid'
            : (faultOfInput(body['input']) ?? refusedFields.find(name => name in body))
  if (fault !== undefined) return { status: 400, body: { detail: `Unsupported parameter: ${fault}` } }
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'Hello there', annotations: [], logprobs: [] }],
  }
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'gpt-5.5',
    status: 'in_progress',
    output: [],
  }
  const usage = {
    input_tokens: 11,
    input_tokens_details: { cached_tokens: 3 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 18,
  }
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const answer = sse(
    [
      { type: 'response.created', sequence_number: 0, response },
      {
        type: 'response.output_item.added',
        sequence_number: 1,
        output_index: 0,
        item: { ...message, status: 'in_progress', content: [] },
      },
      {
        type: 'response.content_part.added',
        sequence_number: 2,
        ...at,
        part: { type: 'output_text', text: '', annotations: [] },
      },
      { type: 'response.output_text.delta', sequence_number: 3, ...at, delta: 'Hello there' },
      { type: 'response.output_text.done', sequence_number: 4, ...at, text: 'Hello there' },
      { type: 'response.content_part.done', sequence_number: 5, ...at, part: message.content[0] },
      { type: 'response.output_item.done', sequence_number: 6, output_index: 0, item: message },
      {
        type: 'response.completed',
        sequence_number: 7,
        response: { ...response, status: 'completed', output: [], usage },
      },
    ],
    true,
  )
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'x-codex-primary-used-percent': '12',
      'x-codex-primary-window-minutes': '300',
      'x-codex-primary-reset-after-seconds': '600',
    },
  }
}

const refusedFields = [
  'max_output_tokens',
  'temperature',
  'top_p',
  'metadata',
  'user',
  'truncation',
  'previous_response_id',
]

function faultOfInput(input: unknown): string | undefined {
  if (!Array.isArray(input)) return 'input'
  return (input as { role?: string }[]).some(({ role }) => role === 'system')
    ? 'System messages are not allowed'
    : undefined
}

/** Anthropic, to one that comes with a token instead of a key. */
export function claudeAnswer({ path, headers, body }: VendorRequest, token: string): Answer {
  const error = (status: number, type: string, message: string) => ({
    status,
    body: { type: 'error', error: { type, message } },
  })
  if (headers['x-api-key'] !== undefined) return error(401, 'authentication_error', 'invalid x-api-key')
  if (headers.authorization !== `Bearer ${token}`) return error(401, 'authentication_error', 'OAuth token has expired')
  if (!String(headers['anthropic-beta']).split(',').includes('oauth-2025-04-20'))
    return error(401, 'authentication_error', 'OAuth authentication is currently not supported.')
  if (headers['anthropic-version'] !== '2023-06-01' || path.split('?')[0] !== '/v1/messages')
    return error(404, 'not_found_error', 'Not found')
  if (body['model'] === 'claude-refused')
    return error(400, 'invalid_request_error', 'Third-party apps now draw from your extra usage, not your plan limits.')
  return {
    body: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: body['model'],
      content: [{ type: 'text', text: 'Hello there' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 11, output_tokens: 7 },
    },
  }
}

/** Code Assist: its control plane, and turns in their envelope, of which it is told the project. */
export function codeAssistAnswer(
  { path, headers, body }: VendorRequest,
  { token, project }: { token: string; project: string },
): Answer {
  const error = (status: number, code: string, message: string) => ({
    status,
    body: { error: { code: status, status: code, message } },
  })
  if (headers.authorization !== `Bearer ${token}`)
    return error(401, 'UNAUTHENTICATED', 'Request had invalid credentials.')
  if (path === '/v1internal:loadCodeAssist')
    return { body: { currentTier: { id: 'standard-tier', name: 'Standard' }, cloudaicompanionProject: project } }
  if (path !== '/v1internal:streamGenerateContent?alt=sse') return error(404, 'NOT_FOUND', 'no such method')
  const { request } = body
  if (body['project'] !== project || typeof request !== 'object' || request === null || !('contents' in request))
    return error(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.')
  const response = {
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'Hello there' }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
    modelVersion: 'gemini-x',
  }
  return sse([{ response, traceId: 'trace-1' }])
}

/** Chat Completions. What is not streamed may come inside another object, as Cline does it. */
export function chatAnswer(
  { path, headers, body }: VendorRequest,
  { token, door, wraps = false }: { token: string; door: string; wraps?: boolean },
): Answer {
  if (headers.authorization !== `Bearer ${token}`)
    return { status: 401, body: { error: { code: '401', message: 'Unauthorized' } } }
  if (path !== door) return { status: 404, body: { error: { message: `no ${path}` } } }
  const chunk = (delta: Record<string, unknown>, finish: string | null = null) => ({
    id: 'gen-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: body['model'],
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  if (body['stream'] === false) {
    const message = { role: 'assistant', content: 'Hello there' }
    const whole = { ...chunk({}), object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] }
    return { body: wraps ? { success: true, data: whole } : whole }
  }
  const answer = sse([chunk({ role: 'assistant', content: 'Hello' }), chunk({ content: ' there' }), chunk({}, 'stop')])
  return { ...answer, body: `${String(answer.body)}data: [DONE]\n\n` }
}

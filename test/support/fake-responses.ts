import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json, refuse } from './fake-openai.ts'

type Body = Readonly<Record<string, unknown>>
export type ResponsesAnswer = (response: ServerResponse, body: Body) => void | Promise<void>

/**
 * OpenAI's Responses API as strict as the vendor: it refuses a missing or wrong key (401), models that it does not have (404),
 * fields it does not know or that have the wrong type, calls without results and results without calls, ids that it has not
 * kept, and thoughts without what they led to (400), in OpenAI's own words and shapes. With `codex` it is the backend of the
 * ChatGPT subscription, which takes less. What it answers to a good request is the test's to say.
 */
export async function startFakeResponses(options: { key?: string; models?: readonly string[]; codex?: boolean } = {}) {
  const { key = 'sk-upstream', models = ['gpt-x', 'gpt-y'], codex = false } = options
  const asked: { body: Body; headers: IncomingMessage['headers']; url: string }[] = []
  let answer: ResponsesAnswer = (response, body) => {
    answerItems(response, body, [{ type: 'message', text: ['Hello', ' there'] }])
  }

  const server = createServer((request, response) => {
    void take(request, response)
  })

  async function take(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = request.url ?? ''
    if (request.headers.authorization !== `Bearer ${key}`) {
      refuse(response, 401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.')
      return
    }
    if (request.method === 'GET' && url.endsWith('/models')) {
      json(response, 200, {
        object: 'list',
        data: models.map(id => ({ id, object: 'model', created: 1, owned_by: 'fake' })),
      })
      return
    }
    if (request.method !== 'POST' || !url.endsWith('/responses')) {
      refuse(response, 404, 'invalid_request_error', 'unknown_url', `Unknown request URL: ${url}.`)
      return
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body
    asked.push({ body, headers: request.headers, url })
    const fault = faultOf(body) ?? (codex ? codexFaultOf(body) : undefined)
    if (fault !== undefined) {
      json(response, 400, {
        error: { message: fault.message, type: 'invalid_request_error', param: fault.param, code: fault.code },
      })
    } else if (!models.includes(String(body['model']))) {
      const message = `The model '${String(body['model'])}' does not exist.`
      refuse(response, 404, 'invalid_request_error', 'model_not_found', message)
    } else {
      await answer(response, body)
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    key,
    asked,
    answers: (next: ResponsesAnswer) => {
      answer = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** An item of an answer, in the pieces in which it is streamed. */
export type FakeItem =
  | { readonly type: 'message' | 'refusal' | 'reasoning'; readonly text: readonly string[] }
  | {
      readonly type: 'function_call' | 'custom_tool_call'
      readonly id: string
      readonly name: string
      readonly namespace?: string
      readonly input: readonly string[]
    }
  /** One of the vendor's own, whole. */
  | { readonly type: 'raw'; readonly item: Body }

/** An answer as the client asked for it: a stream in the vendor's grammar, or one body. `cut` is why it is not whole. */
export function answerItems(response: ServerResponse, asked: Body, items: readonly FakeItem[], cut?: string) {
  const output = items.map(wholeItem)
  const ending = {
    status: cut === undefined ? 'completed' : 'incomplete',
    incomplete_details: cut === undefined ? null : { reason: cut },
    completed_at: cut === undefined ? 1700000001 : null,
    output,
    usage: {
      input_tokens: 11,
      input_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 18,
    },
  }
  const base = baseOf(asked)
  if (asked['stream'] !== true) {
    json(response, 200, { ...base, ...ending })
    return
  }
  const { send } = beginResponses(response)
  send('response.created', { response: base })
  send('response.in_progress', { response: base })
  for (const [place, item] of items.entries()) streamItem(send, place, item, output[place] ?? {})
  send(cut === undefined ? 'response.completed' : 'response.incomplete', { response: { ...base, ...ending } })
  response.end()
}

/** The head of a streamed answer, and what writes its events, numbered. */
function beginResponses(response: ServerResponse) {
  let sequence = 0
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req_fake' })
  return {
    send: (type: string, fields: Body) => {
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`)
    },
  }
}

/** A response that has begun. */
function baseOf(asked: Body): Body {
  return {
    id: 'resp_fake_1',
    object: 'response',
    created_at: 1700000000,
    status: 'in_progress',
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: asked['instructions'] ?? null,
    max_output_tokens: asked['max_output_tokens'] ?? null,
    model: 'gpt-x-2026',
    output: [],
    parallel_tool_calls: asked['parallel_tool_calls'] ?? true,
    previous_response_id: asked['previous_response_id'] ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: asked['store'] ?? true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: asked['tool_choice'] ?? 'auto',
    tools: asked['tools'] ?? [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: {},
  }
}

function wholeItem(item: FakeItem, place: number): Body {
  switch (item.type) {
    case 'raw':
      return item.item
    case 'reasoning': {
      const summary = item.text.length === 0 ? [] : [{ type: 'summary_text', text: item.text.join('') }]
      return { id: `rs_fake_${place}`, type: 'reasoning', summary, encrypted_content: `gAAAAA-fake-${place}` }
    }
    case 'message':
    case 'refusal': {
      const text = item.text.join('')
      const content =
        item.type === 'refusal'
          ? { type: 'refusal', refusal: text }
          : { type: 'output_text', annotations: [], logprobs: [], text }
      return { id: `msg_fake_${place}`, type: 'message', status: 'completed', content: [content], role: 'assistant' }
    }
    case 'function_call':
    case 'custom_tool_call': {
      const { type, id, name, namespace, input } = item
      const field = type === 'function_call' ? 'arguments' : 'input'
      return {
        id: `${type === 'function_call' ? 'fc' : 'ctc'}_fake_${place}`,
        type,
        status: 'completed',
        call_id: id,
        name,
        ...(namespace !== undefined && { namespace }),
        [field]: input.join(''),
      }
    }
  }
}

function streamItem(send: (type: string, fields: Body) => void, place: number, item: FakeItem, whole: Body) {
  const at = { item_id: whole['id'], output_index: place }
  const emptied = { content: [], arguments: '', input: '', summary: [], encrypted_content: '', status: 'in_progress' }
  const opening = Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [
      name,
      Object.hasOwn(emptied, name) ? emptied[name as keyof typeof emptied] : value,
    ]),
  )
  send('response.output_item.added', { output_index: place, item: item.type === 'raw' ? whole : opening })
  switch (item.type) {
    case 'raw':
      break
    case 'message': {
      const piece = { ...at, content_index: 0 }
      const part = { type: 'output_text', annotations: [], logprobs: [], text: '' }
      const text = item.text.join('')
      send('response.content_part.added', { ...piece, part })
      for (const delta of item.text)
        send('response.output_text.delta', { ...piece, delta, logprobs: [], obfuscation: 'x' })
      send('response.output_text.done', { ...piece, text, logprobs: [] })
      send('response.content_part.done', { ...piece, part: { ...part, text } })
      break
    }
    case 'refusal': {
      const piece = { ...at, content_index: 0 }
      const refusal = item.text.join('')
      send('response.content_part.added', { ...piece, part: { type: 'refusal', refusal: '' } })
      for (const delta of item.text) send('response.refusal.delta', { ...piece, delta })
      send('response.refusal.done', { ...piece, refusal })
      send('response.content_part.done', { ...piece, part: { type: 'refusal', refusal } })
      break
    }
    case 'reasoning': {
      if (item.text.length === 0) break
      const piece = { ...at, summary_index: 0 }
      const text = item.text.join('')
      send('response.reasoning_summary_part.added', { ...piece, part: { type: 'summary_text', text: '' } })
      for (const delta of item.text) send('response.reasoning_summary_text.delta', { ...piece, delta })
      send('response.reasoning_summary_text.done', { ...piece, text })
      send('response.reasoning_summary_part.done', { ...piece, part: { type: 'summary_text', text } })
      break
    }
    case 'function_call':
      for (const delta of item.input) send('response.function_call_arguments.delta', { ...at, delta })
      send('response.function_call_arguments.done', { ...at, arguments: item.input.join('') })
      break
    case 'custom_tool_call':
      for (const delta of item.input) send('response.custom_tool_call_input.delta', { ...at, delta })
      send('response.custom_tool_call_input.done', { ...at, input: item.input.join('') })
      break
  }
  send('response.output_item.done', { output_index: place, item: whole })
}

// ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────────

interface Fault {
  readonly message: string
  readonly param: string | null
  readonly code: string | null
}

const FIELDS = new Set(
  [
    'model input instructions stream stream_options store include tools tool_choice parallel_tool_calls max_tool_calls',
    'max_output_tokens temperature top_p top_logprobs reasoning text truncation metadata user safety_identifier',
    'service_tier prompt_cache_key prompt_cache_retention prompt_cache_options previous_response_id conversation prompt',
    'background context_management client_metadata moderation',
  ].flatMap(names => names.split(' ')),
)

function faultOf(body: Body): Fault | undefined {
  const unknown = Object.keys(body).find(name => !FIELDS.has(name))
  if (unknown !== undefined)
    return { message: `Unknown parameter: '${unknown}'.`, param: unknown, code: 'unknown_parameter' }
  if (typeof body['model'] !== 'string') return missing('model')
  const { input, max_output_tokens: most } = body
  if (typeof input !== 'string' && !Array.isArray(input)) return missing('input')
  if (typeof most === 'number' && most < 16)
    return invalid('max_output_tokens', 'integer below minimum value. Expected a value >= 16')
  for (const name of ['prompt_cache_key', 'user', 'safety_identifier']) {
    if (typeof body[name] === 'string' && body[name].length > 64)
      return { message: `Invalid '${name}': string too long.`, param: name, code: 'string_above_max_length' }
  }
  if (body['tools'] === undefined && body['tool_choice'] !== undefined && body['tool_choice'] !== 'none')
    return invalid('tool_choice', "'tool_choice' is only allowed when 'tools' are specified")
  return faultOfTools(body['tools']) ?? (typeof input === 'string' ? undefined : faultOfItems(input as Body[]))
}

function faultOfTools(tools: unknown): Fault | undefined {
  if (tools === undefined) return undefined
  if (!Array.isArray(tools) || tools.length === 0) return invalid('tools', 'expected a non-empty array')
  for (const [at, tool] of (tools as Body[]).entries()) {
    const { type, name } = tool
    if (typeof type !== 'string') return missing(`tools[${at}].type`)
    if (type !== 'function' && type !== 'custom' && type !== 'namespace') continue
    if (typeof name !== 'string') return missing(`tools[${at}].name`)
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name))
      return invalid(`tools[${at}].name`, "string does not match pattern '^[a-zA-Z0-9_-]+$'")
    if (type === 'function' && !('parameters' in tool)) return missing(`tools[${at}].parameters`)
    if (type === 'namespace') {
      const fault = faultOfTools(tool['tools'])
      if (fault !== undefined) return { ...fault, param: `tools[${at}].${fault.param ?? ''}` }
    }
  }
  return undefined
}

const GIVEN = ['input_text', 'input_image', 'input_file']
const SAID = ['output_text', 'refusal']

function faultOfItems(items: readonly Body[]): Fault | undefined {
  const calls = new Set<string>()
  const answered = new Set<unknown>()
  for (const [at, item] of items.entries()) {
    const place = `input[${at}]`
    const type = typeof item['type'] === 'string' ? item['type'] : 'message'
    switch (type) {
      case 'message': {
        if (!['user', 'assistant', 'system', 'developer'].includes(String(item['role'])))
          return invalid(`${place}.role`, 'a role')
        const { content } = item
        if (typeof content === 'string') break
        if (!Array.isArray(content)) return missing(`${place}.content`)
        const allowed = item['role'] === 'assistant' ? SAID : GIVEN
        const wrong = (content as Body[]).findIndex(part => !allowed.includes(String(part['type'])))
        if (wrong !== -1)
          return invalid(
            `${place}.content[${wrong}]`,
            `Supported values are: ${allowed.map(name => `'${name}'`).join(', ')}`,
          )
        break
      }
      case 'function_call':
      case 'custom_tool_call':
        if (typeof item['call_id'] !== 'string' || item['call_id'] === '') return missing(`${place}.call_id`)
        if (item['call_id'].length > 64) return invalid(`${place}.call_id`, 'string too long')
        if (typeof item[type === 'function_call' ? 'arguments' : 'input'] !== 'string')
          return missing(`${place}.arguments`)
        calls.add(item['call_id'])
        break
      case 'function_call_output':
      case 'custom_tool_call_output':
        if (typeof item['call_id'] !== 'string' || !calls.has(item['call_id']))
          return invalid('input', `No tool call found for function call output with call_id ${String(item['call_id'])}`)
        if (item['output'] === undefined) return missing(`${place}.output`)
        answered.add(item['call_id'])
        break
      case 'reasoning': {
        if (!Array.isArray(item['summary'])) return missing(`${place}.summary`)
        const token = item['encrypted_content']
        if (typeof token !== 'string')
          return invalid(
            'input',
            `Item with id '${String(item['id'])}' not found. Items are not persisted when \`store\` is set to false`,
          )
        if (!token.startsWith('gAAAA'))
          return {
            message: `The encrypted content for item ${String(item['id'])} could not be verified.`,
            param: null,
            code: 'invalid_encrypted_content',
          }
        const next = items[at + 1]
        if (next === undefined || next['role'] === 'user' || String(next['type']).endsWith('_output'))
          return invalid(
            'input',
            `Item '${String(item['id'])}' of type 'reasoning' was provided without its required following item`,
          )
        break
      }
    }
    if (
      typeof item['id'] === 'string' &&
      !/^(msg|rs|fc|ctc|ws)_fake/.test(item['id']) &&
      type !== 'item_reference' &&
      KEPT.includes(type)
    )
      return invalid('input', `Item with id '${item['id']}' not found.`)
  }
  const open = [...calls].find(id => !answered.has(id))
  return open === undefined ? undefined : invalid('input', `No tool output found for function call ${open}`)
}

/** Items whose ids the server looks up. */
const KEPT = ['message', 'reasoning', 'function_call', 'custom_tool_call']

const CODEX_FIELDS = new Set(
  [
    'model instructions input tools tool_choice parallel_tool_calls reasoning store stream include service_tier',
    'prompt_cache_key text client_metadata',
  ].flatMap(names => names.split(' ')),
)

function codexFaultOf(body: Body): Fault | undefined {
  const unknown = Object.keys(body).find(name => !CODEX_FIELDS.has(name))
  if (unknown !== undefined) return { message: `Unsupported parameter: ${unknown}`, param: unknown, code: null }
  if (typeof body['instructions'] !== 'string') return { message: 'Instructions are required', param: null, code: null }
  if (body['store'] !== false) return { message: 'Store must be set to false', param: null, code: null }
  if (body['stream'] !== true) return { message: 'Stream must be set to true', param: null, code: null }
  const hasSystem = Array.isArray(body['input']) && (body['input'] as Body[]).some(item => item['role'] === 'system')
  return hasSystem ? { message: 'System messages are not allowed', param: null, code: null } : undefined
}

function missing(param: string): Fault {
  return { message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' }
}

function invalid(param: string, what: string): Fault {
  return { message: `Invalid '${param}': ${what}.`, param, code: 'invalid_value' }
}

import { toProxyError } from '../core/errors.ts'
import { collect } from '../core/reply.ts'
import { openaiChat } from '../protocols/openai-chat/index.ts'
import { callableModels } from '../server/models.ts'
import { TURN_HEADER } from '../server/answering/send.ts'
import type { ServerState } from '../server/state.ts'
import { USER_AGENT } from '../version.ts'
import { decodeSse } from '../wire/sse.ts'
import type { AppParts } from './parts.ts'
import type { Output } from './contract.ts'
import { routeOf } from './backend-rows.ts'

const QUESTION = 'Say hello in one short sentence.'
const PATIENCE_MS = 60_000

/** Sends a short question through the proxy's own door, as a client would: to the default backend, or to `demo` where that can't be used yet. */
export async function sendTestTurn(parts: AppParts): Promise<Output<'turns.test'>> {
  const { url, run } = parts.status()
  const state = parts.proxy()?.state()
  if (state === undefined || run !== 'running')
    return { ok: false, reason: 'The proxy is not running. Start it first.' }
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': `${USER_AGENT} test`,
      authorization: `Bearer ${state.ownKey}`,
    },
    body: JSON.stringify({
      model: await modelToTest(parts, state),
      messages: [{ role: 'user', content: QUESTION }],
      stream: true,
    }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (!response.ok || response.body === null) return { ok: false, reason: messageIn(await response.text()) }
  try {
    const reply = await collect(openaiChat.decodeStream(decodeSse(response.body)))
    const text = reply.parts.map(part => (part.type === 'text' ? part.text : '')).join('')
    return { ok: true, id: response.headers.get(TURN_HEADER) ?? '', text }
  } catch (error) {
    return { ok: false, reason: toProxyError(error).message }
  }
}

async function modelToTest(parts: AppParts, state: ServerState): Promise<string> {
  const { backend: id, model } = routeOf(parts)
  const backend = state.backends.get(id)
  const [first] = backend === undefined ? [] : await callableModels(state, backend)
  const asked = model ?? first
  return asked === undefined ? 'demo:demo' : `${id}:${asked}`
}

function messageIn(text: string): string {
  try {
    const body = JSON.parse(text) as { error?: { message?: string } }
    return body.error?.message ?? text
  } catch {
    return text
  }
}

import { callableModels } from '../server/models.ts'
import type { ServerState } from '../server/server.ts'
import { USER_AGENT } from '../version.ts'
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
  const text = await response.text()
  const id = response.headers.get('x-lip-turn') ?? ''
  return response.ok ? { ok: true, id, text } : { ok: false, reason: messageIn(text) }
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

import { randomUUID } from 'node:crypto'
import type { Credential } from '../core/credential.ts'
import { withProject } from '../protocols/code-assist/request.ts'
import type { Demands } from './demands.ts'

/** The body with what its envelope must say of the account and of this request; as it is where there is no envelope. */
export function enveloped({ envelope }: Demands, encoded: unknown, credential: Credential | undefined): unknown {
  if (envelope === undefined) return encoded
  const body = credential?.project === undefined ? recordOf(encoded) : withProject(encoded, credential.project)
  if (envelope === 'gemini-cli') return { user_prompt_id: randomUUID(), ...body }
  return {
    requestId: `agent-${randomUUID()}`,
    requestType: 'agent',
    userAgent: 'llm-interactive-proxy',
    ...body,
    request: insideAntigravity(recordOf(body['request']), body['model']),
  }
}

/** Antigravity takes no safety settings, a limit of the answer for Claude's models only, and names the session in its own way. */
function insideAntigravity(request: Readonly<Record<string, unknown>>, model: unknown): Record<string, unknown> {
  const { safetySettings: _, session_id, generationConfig, ...rest } = request
  const { maxOutputTokens, ...config } = recordOf(generationConfig)
  const isClaude = typeof model === 'string' && model.startsWith('claude')
  return {
    ...rest,
    ...(session_id !== undefined && { sessionId: session_id }),
    ...(generationConfig !== undefined && {
      generationConfig: isClaude && maxOutputTokens !== undefined ? { ...config, maxOutputTokens } : config,
    }),
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

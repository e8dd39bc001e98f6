import type { FastifyRequest } from 'fastify'
import { anthropic } from '../protocols/anthropic/index.ts'
import { gemini } from '../protocols/gemini/index.ts'
import { openaiChat } from '../protocols/openai-chat/index.ts'
import { openaiResponses } from '../protocols/openai-responses/index.ts'
import type { Protocol } from '../protocols/protocol.ts'

/**
 * The API that a request is meant for, whatever becomes of it: its errors and lists have that API's shape. Three APIs list
 * their models at `/v1/models`; clients of Anthropic say which version they speak, those of Gemini show their key as Google
 * wants it.
 */
export function apiOf({ method, url, headers }: Pick<FastifyRequest, 'method' | 'url' | 'headers'>): Protocol {
  if (/^\/(anthropic\/|v1\/messages\b)/.test(url)) return anthropic
  if (url.startsWith('/v1/responses')) return openaiResponses
  if (url.startsWith('/v1beta')) return gemini
  if (!url.startsWith('/v1/models')) return openaiChat
  if (headers['anthropic-version'] !== undefined) return anthropic
  const isGoogles = method === 'POST' || headers['x-goog-api-key'] !== undefined || /[?&]key=/.test(url)
  return isGoogles ? gemini : openaiChat
}

import { ProxyError } from '../../core/errors.ts'
import type { Request } from '../../core/request.ts'
import { present, record, type Fields } from '../fields.ts'
import { decodeRequest as decodeGemini, encodeRequest as encodeGemini, withoutPlace } from '../gemini/request.ts'
import { parseBody } from '../parse-body.ts'
import type { Address } from '../protocol.ts'
import { envelope, ID, ours } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a client asks. The model stands in the envelope, whether it streams in the address. */
export function decodeRequest(body: unknown, address?: Address): Request {
  const { model, request, ...rest } = parseBody(envelope, body)
  const { session_id, ...inner } = request
  const asked = decodeInside(inner, {
    model: withoutPlace(model ?? address?.model ?? ''),
    stream: address?.stream ?? false,
  })
  const own = present({ ...rest, session_id })
  return Object.keys(own).length === 0 ? asked : { ...asked, extras: { ...asked.extras, [ID]: own } }
}

/** Fields are named as they stand in the envelope. */
function decodeInside(inner: unknown, address: Address): Request {
  try {
    return decodeGemini(inner, address)
  } catch (error) {
    if (!(error instanceof ProxyError) || error.param === undefined) throw error
    const param = `request.${error.param}`
    throw new ProxyError(error.kind, error.message.replace(`'${error.param}'`, `'${param}'`), {
      code: error.code,
      param,
      cause: error,
    })
  }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A body that Code Assist takes. It knows Google's own form of schemas only, and keeps no part of a conversation. The project
 * that pays is not known here: see `withProject`.
 */
export function encodeRequest(request: Request): Fields {
  const { session_id, ...rest } = ours(request.extras)
  const { cachedContent, ...inner } = encodeGemini(request, { jsonSchema: false })
  if (cachedContent !== undefined)
    throw new ProxyError(
      'invalid-request',
      'Code Assist keeps no part of a conversation: there is no cached content.',
      {
        param: 'cachedContent',
      },
    )
  return { ...rest, model: request.model, request: { ...inner, ...present({ session_id }) } }
}

/** A body with the Google Cloud project that Code Assist bills, which belongs to the login. */
export function withProject(body: unknown, project: string): Fields {
  return { ...record(body), project }
}

// ── Counting tokens ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What Code Assist is to count: contents alone, without thoughts, which it refuses here. */
export function encodeCountTokens(request: Request): Fields {
  const messages = request.messages.map(message => ({
    ...message,
    parts: message.parts.filter(part => part.type !== 'reasoning'),
  }))
  const { contents } = encodeGemini({ ...request, messages }, { jsonSchema: false })
  return { request: { model: `models/${request.model}`, contents } }
}

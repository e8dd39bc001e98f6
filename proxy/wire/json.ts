import { ProxyError } from '../core/errors.ts'

/** A client's body as JSON, or `invalid-request` that quotes the place where it stops being JSON. */
export function parseJson(body: Buffer): unknown {
  const text = body.toString('utf8')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ProxyError(
      'invalid-request',
      `The body is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
        code: 'invalid_json',
      },
    )
  }
}

/** A peer's text as JSON where it is JSON, else the text itself: how `decodeError` takes bodies. */
export function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

import { isRecord, record, type Fields } from '../fields.ts'
import type { Watched, Watch } from '../protocol.ts'
import { decodeStreamError, isErrorBody } from './errors.ts'
import { decodeUsage } from './usage.ts'

/** What can be told of a relayed answer without decoding it. */
export const watch: Watch = { hasContent, readStream, readWhole }

/** A delta that says something, or an item that is whole. Inside of strings quotes have a backslash before them. */
const CONTENT = /"delta"\s*:\s*"[^"]|"type"\s*:\s*"response\.output_item\.done"/

/** Field names and quotes are ASCII, so bytes need not be decoded. */
function hasContent(chunk: Buffer): boolean {
  return CONTENT.test(chunk.toString('latin1'))
}

/**
 * The end of a stream: its last frame, which holds the whole answer once more. Of a long one only the last bytes are there;
 * the usage stands in them, and in no other frame.
 */
function readStream(_head: string, tail: string): Watched & { readonly ended: boolean } {
  let seen: Watched & { readonly ended: boolean } = { ended: false }
  for (const line of tail.split(/\r\n|\r|\n/)) {
    const data = line.startsWith('data:') ? line.slice(5).trim() : line
    const event = parsed(data)
    if (event !== undefined) seen = { ...seen, ...readEvent(event) }
    else if (!seen.ended && isEndOfLast(data)) seen = { ...seen, ended: true, ...usageIn(data) }
  }
  return seen
}

function readEvent(event: Fields): Partial<ReturnType<typeof readStream>> {
  switch (event['type']) {
    case 'response.completed':
    case 'response.incomplete':
    case 'response.cancelled':
    case 'response.done':
      return { ended: true, ...readWhole(event['response']) }
    case 'response.failed':
      return { ended: true, error: decodeStreamError(record(event['response'])['error']).message }
    case 'error':
      return { ended: true, error: decodeStreamError(event).message }
    default:
      return isRecord(event['error']) ? { ended: true, error: decodeStreamError(event).message } : {}
  }
}

/** What is left of a frame whose beginning is not there: the last one if there is usage in it. */
function isEndOfLast(rest: string): boolean {
  return rest.endsWith('}') && USAGE.test(rest)
}

const USAGE = /"usage"\s*:\s*\{\s*"[a-z_]*tokens/

function usageIn(rest: string): Watched {
  const at = rest.search(/"usage"\s*:\s*\{\s*"[a-z_]*tokens(?![^]*"usage"\s*:\s*\{)/)
  const from = rest.indexOf('{', at)
  if (at === -1 || from === -1) return {}
  const usage = parsed(rest.slice(from, endOfObject(rest, from)))
  return usage === undefined ? {} : { usage: decodeUsage(usage) }
}

/** Where the object ends that begins at a place. A usage holds no text, so that every brace counts. */
function endOfObject(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at + 1
  }
  return text.length
}

function readWhole(body: unknown): Watched {
  if (!isRecord(body)) return {}
  const { usage, status, incomplete_details, error } = body
  const { reason } = record(incomplete_details)
  const rawReason = typeof reason === 'string' ? reason : status
  const failed = isErrorBody(body) ? body : isRecord(error) ? error : undefined
  return {
    ...(isRecord(usage) && { usage: decodeUsage(usage) }),
    ...(typeof rawReason === 'string' && { rawReason }),
    ...(failed !== undefined && { error: decodeStreamError(failed).message }),
  }
}

function parsed(data: string): Fields | undefined {
  try {
    const event: unknown = JSON.parse(data)
    return isRecord(event) ? event : undefined
  } catch {
    // The rest of a frame whose beginning is not in the tail, or no data at all.
    return undefined
  }
}

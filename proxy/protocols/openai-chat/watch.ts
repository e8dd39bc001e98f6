import { isRecord, record, type Fields } from '../fields.ts'
import type { Watched, Watch } from '../protocol.ts'
import { decodeStreamError } from './errors.ts'
import { decodeUsage, usageIn } from './usage.ts'

/** What can be told of a relayed answer without decoding it. */
export const watch: Watch = { hasContent, readStream, readWhole }

/** A field that says something: text that is not empty, or a list or object that has begun. */
const CONTENT =
  /"(?:content|reasoning_content|reasoning|refusal|arguments|input|text|data)"\s*:\s*"[^"]|"(?:tool_calls|content|reasoning_details|images)"\s*:\s*\[\s*\{|"function_call"\s*:\s*\{/

/** Field names and quotes are ASCII, so bytes need not be decoded; inside of strings quotes have a backslash before them. */
function hasContent(chunk: Buffer): boolean {
  return CONTENT.test(chunk.toString('latin1'))
}

/**
 * The end of a stream. It is whole if `[DONE]` or an error has come; servers that never send the mark have said why they
 * stopped. All of it stands in the last frames, and the first line of the tail, which may be cut, is read if it can be.
 */
function readStream(_head: string, tail: string): Watched & { readonly ended: boolean } {
  let seen: Watched = {}
  let ended = false
  for (const line of tail.split(/\r\n|\r|\n/)) {
    if (!line.startsWith('data:')) continue
    const data = line.slice(5).trim()
    if (data === '[DONE]') ended = true
    const chunk = parsed(data)
    if (chunk !== undefined) seen = { ...seen, ...readWhole(chunk) }
  }
  return { ...seen, ended: ended || seen.error !== undefined || seen.rawReason !== undefined }
}

function readWhole(body: unknown): Watched {
  if (!isRecord(body)) return {}
  const usage = usageIn(body)
  const choice = record(Array.isArray(body['choices']) ? body['choices'][0] : undefined)
  const reason = choice['finish_reason']
  const failed = [body, choice].find(place => place['error'] !== undefined && place['error'] !== null)
  return {
    ...(usage !== undefined && { usage: decodeUsage(usage) }),
    ...(typeof reason === 'string' && reason !== '' && { rawReason: reason }),
    ...(failed !== undefined && { error: decodeStreamError(failed).message }),
  }
}

function parsed(data: string): Fields | undefined {
  try {
    const chunk: unknown = JSON.parse(data)
    return isRecord(chunk) ? chunk : undefined
  } catch {
    // The mark, or the rest of a frame whose beginning is not in the tail.
    return undefined
  }
}

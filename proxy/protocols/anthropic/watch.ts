import { isRecord, record, type Fields } from '../fields.ts'
import type { Watched, Watch } from '../protocol.ts'
import { decodeStreamError } from './errors.ts'
import { decodeUsage, joinUsage } from './usage.ts'

/** What can be told of a relayed answer without decoding it. */
export const watch: Watch = { hasContent, readStream, readWhole }

/** A field that says something: text that is not empty, or a block that is not one of text or thoughts. */
const CONTENT =
  /"(?:text|thinking|partial_json|signature|data|content)"\s*:\s*"[^"]|"type"\s*:\s*"(?:tool_use|server_tool_use|redacted_thinking|mcp_tool_use)"/

/** Field names and quotes are ASCII, so bytes need not be decoded; inside of strings quotes have a backslash before them. */
function hasContent(chunk: Buffer): boolean {
  return CONTENT.test(chunk.toString('latin1'))
}

/**
 * The usage stands at both ends of a stream, the reason in its last events. It is whole if `message_stop` or an error has come.
 * Lines that were cut are read if they can be.
 */
function readStream(head: string, tail: string): Watched & { readonly ended: boolean } {
  const begun = eventsIn(head).find(({ type }) => type === 'message_start')
  let usage: unknown = record(begun?.['message'])['usage']
  let seen: Watched = {}
  let ended = false
  for (const event of eventsIn(tail)) {
    if (event['type'] === 'message_stop') ended = true
    if (event['type'] === 'message_delta') {
      usage = joinUsage(usage, event['usage'])
      seen = { ...seen, ...readReason(record(event['delta'])) }
    }
    if (event['type'] === 'error' || isRecord(event['error']))
      seen = { ...seen, error: decodeStreamError(event).message }
  }
  const told = isRecord(usage) ? { usage: decodeUsage(usage) } : {}
  return { ...told, ...seen, ended: ended || seen.error !== undefined }
}

function readWhole(body: unknown): Watched {
  if (!isRecord(body)) return {}
  const { usage, error } = body
  return {
    ...(isRecord(usage) && { usage: decodeUsage(usage) }),
    ...readReason(body),
    ...(error != null && { error: decodeStreamError(body).message }),
  }
}

function readReason({ stop_reason }: Fields): Watched {
  return typeof stop_reason === 'string' ? { rawReason: stop_reason } : {}
}

function eventsIn(text: string): Fields[] {
  return text
    .split(/\r\n|\r|\n/)
    .filter(line => line.startsWith('data:'))
    .flatMap(line => parsed(line.slice(5)))
}

function parsed(data: string): Fields[] {
  try {
    const event: unknown = JSON.parse(data)
    return isRecord(event) ? [event] : []
  } catch {
    // The rest of a frame whose beginning is not in what was kept.
    return []
  }
}

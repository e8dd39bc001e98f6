import { isRecord, record, type Fields } from '../fields.ts'
import type { Watched, Watch } from '../protocol.ts'
import { decodeStreamError } from './errors.ts'
import { decodeUsage, joinUsage } from './usage.ts'

/** What can be told of a relayed answer without decoding it. `unwrapped` takes a chunk out of what it came in. */
export function createWatch(unwrapped: (chunk: Fields) => Fields = chunk => chunk): Watch {
  /** The reason and the usage stand in the last chunks of a stream, which has ended if it has told either why, or an error. */
  function readStream(_head: string, tail: string): Watched & { readonly ended: boolean } {
    const seen = readChunks(chunksIn(tail).map(unwrapped))
    return { ...seen, ended: seen.rawReason !== undefined || seen.error !== undefined }
  }

  function readWhole(body: unknown): Watched {
    const chunks: readonly unknown[] = Array.isArray(body) ? body : [body]
    return readChunks(chunks.filter(isRecord).map(unwrapped))
  }

  return { hasContent, readStream, readWhole }
}

/** A field that says something: text that is not empty, a call, a file, or what Google's own tools did. */
const CONTENT =
  /"(?:text|data|fileUri)"\s*:\s*"[^"]|"(?:functionCall|executableCode|codeExecutionResult|toolCall|toolResponse)"\s*:\s*\{/

/** Field names and quotes are ASCII, so bytes need not be decoded; inside of strings quotes have a backslash before them. */
function hasContent(chunk: Buffer): boolean {
  return CONTENT.test(chunk.toString('latin1'))
}

function readChunks(chunks: readonly Fields[]): Watched {
  let usage: Fields | undefined
  let seen: Watched = {}
  for (const chunk of chunks) {
    usage = joinUsage(usage, chunk['usageMetadata'])
    seen = { ...seen, ...readReason(chunk) }
    if (chunk['error'] != null) seen = { ...seen, error: decodeStreamError(chunk).message }
  }
  return { ...(usage !== undefined && { usage: decodeUsage(usage) }), ...seen }
}

function readReason({ candidates, promptFeedback }: Fields): Watched {
  const [first] = Array.isArray(candidates) ? (candidates as readonly unknown[]) : []
  const reason = record(first)['finishReason'] ?? record(promptFeedback)['blockReason']
  return typeof reason === 'string' && reason !== '' ? { rawReason: reason } : {}
}

/** The chunks of an event stream, or of a list, whose items begin at the beginning of a line. Those that were cut are left out. */
function chunksIn(text: string): Fields[] {
  const lines = text.split(/\r\n|\r|\n/).filter(line => line.startsWith('data:'))
  if (lines.length > 0) return lines.flatMap(line => parsed(line.slice(5)))
  return text.split(/\r?\n(?=[,{\]])/).flatMap(item => parsed(item.replace(/^[[,\s]+|[\],\s]+$/g, '')))
}

function parsed(json: string): Fields[] {
  try {
    const chunk: unknown = JSON.parse(json)
    return isRecord(chunk) ? [chunk] : []
  } catch {
    // The rest of a chunk whose beginning is not in the tail.
    return []
  }
}

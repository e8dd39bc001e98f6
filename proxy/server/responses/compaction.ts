import { randomUUID } from 'node:crypto'
import type { Reply } from '../../core/reply.ts'
import { isRecord, record, type Fields } from '../../protocols/fields.ts'
import { openaiResponses } from '../../protocols/openai-responses/index.ts'
import type { Protocol } from '../../protocols/protocol.ts'

/**
 * A conversation made short (`POST /v1/responses/compact`) by backends that have no such thing: the model is asked for a summary,
 * and the client gets it as an item to send in place of what was said. The item is a token of ours, which is read back as a
 * message. Facts: OpenAI's reference of compaction.
 */
export const compacting: Protocol = {
  ...openaiResponses,
  decodeRequest(body) {
    const request = openaiResponses.decodeRequest({ ...record(body), stream: false, store: false })
    return {
      ...request,
      tools: [],
      toolChoice: undefined,
      messages: [...request.messages, { role: 'user', parts: [{ type: 'text', text: PROMPT }] }],
    }
  },
  encodeReply(reply, asked) {
    const { created_at, usage } = record(openaiResponses.encodeReply(reply, asked))
    return {
      id: `resp_${randomUUID().replaceAll('-', '')}`,
      object: 'response.compaction',
      created_at,
      output: [{ type: 'compaction', id: `cmp_${randomUUID().replaceAll('-', '')}`, encrypted_content: pack(reply) }],
      usage,
    }
  },
}

const PROMPT = `Write a summary of this conversation that can stand in its place. Whoever goes on from it sees nothing else, so keep everything they need: what the user wants and has decided, what was done and found out, names of files, commands, values and errors as they are, what is still open, and what was to come next. Write only the summary.`

/** Items in which summaries of ours are messages again. */
export function uncompacted(items: readonly unknown[]): readonly unknown[] {
  return items.map(item => {
    const summary = isRecord(item) && item['type'] === 'compaction' ? unpack(item['encrypted_content']) : undefined
    return summary === undefined ? item : asMessage(summary)
  })
}

function asMessage(summary: string): Fields {
  const text = `What was said before, in short:\n\n${summary}`
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }
}

/** As every token of ours begins (`core/carried.ts`), so that a body with one is never relayed. */
function pack({ parts }: Reply): string {
  const summary = parts.map(part => (part.type === 'text' ? part.text : '')).join('')
  return Buffer.from(JSON.stringify({ lip: 1, of: 'summary', summary })).toString('base64')
}

function unpack(token: unknown): string | undefined {
  try {
    const { lip, of, summary } = record(JSON.parse(Buffer.from(String(token), 'base64').toString('utf8')))
    return lip === 1 && of === 'summary' && typeof summary === 'string' ? summary : undefined
  } catch {
    // A vendor's own, which only the vendor can read.
    return undefined
  }
}

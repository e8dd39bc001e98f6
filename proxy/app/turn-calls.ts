import type { ReadableMessage } from '../traffic/bodies.ts'
import type { AppParts } from './parts.ts'
import type { Handlers, Input, Output, TurnDetail, TurnRow } from './contract.ts'
import { turnRow } from './turn-rows.ts'

/** Past this many characters a body is shown cut: what a window draws must stay quick. */
const SHOWN_CHARACTERS = 2_000_000

/** A page of closed turns, newest first. */
export async function listTurns(
  { journal, store }: AppParts,
  { before, limit, filter = {} }: Parameters<Handlers['turns.list']>[0],
): Promise<Output<'turns.list'>> {
  await journal.flush()
  const query = { ...filter, before, limit: limit + 1 }
  const records = await store.query(query)
  return { turns: records.slice(0, limit).map(record => turnRow(record)), more: records.length > limit }
}

/** All that is known of a turn, open or closed. */
export async function readTurn(parts: AppParts, id: string): Promise<TurnDetail | null> {
  const { journal, store } = parts
  const record = journal.find(id) ?? (await store.query({ id, limit: 1 }).catch(() => []))[0]
  if (record === undefined) return null
  const messages = await journal.bodies(id).catch(() => undefined)
  const turn = turnRow(record)
  return {
    turn,
    requestHeaders: messages?.request.headers ?? {},
    responseHeaders: messages?.response.headers ?? {},
    request: bodyOf(messages?.request),
    response: bodyOf(messages?.response),
    bodiesMissing: messages === undefined ? whyNoBodies(parts, turn) : undefined,
    curl: curlOf(parts.status().url, turn.path, messages?.request),
  }
}

/** Ends an open turn as its client's hang-up would. */
export function stopTurn({ journal }: AppParts, { id }: Input<'turns.stop'>): Output<'turns.stop'> {
  return journal.breakOff(id) ? { ok: true } : { ok: false, reason: 'This turn has ended already.' }
}

function bodyOf(message: ReadableMessage | undefined): TurnDetail['request'] {
  if (message?.text === undefined) return undefined
  return {
    text: message.text.slice(0, SHOWN_CHARACTERS),
    bytes: message.bytes,
    cut: message.cut || message.text.length > SHOWN_CHARACTERS,
  }
}

function whyNoBodies({ loaded, bornAt }: AppParts, { open, at }: TurnRow): string {
  if (open) return 'Bodies can be read when the turn has ended.'
  const { capture, memory_turns, memory_mb } = loaded().config.traffic
  switch (capture) {
    case 'metadata':
      return 'Bodies are not kept: traffic.capture is “metadata”. Set it to “memory” or “disk” for the turns to come.'
    case 'memory':
      if (at < bornAt) {
        return 'Bodies are kept in memory only, and the program was started anew since this turn. Set traffic.capture to “disk” to keep them.'
      }
      return `Bodies are kept in memory only, of the last ${memory_turns} turns and up to ${memory_mb} MB; this turn is older. Set traffic.capture to “disk” to keep more.`
    case 'disk':
      return 'The body of this turn was not kept, or its time is over.'
  }
}

/** The request as a command for a POSIX shell, if all of it is there. Keys come from a variable, since captured ones are masked. */
function curlOf(url: string, path: string, request: ReadableMessage | undefined): string | undefined {
  if (request?.text === undefined || request.cut) return undefined
  const lines = [
    `curl ${quoted(url + path)}`,
    `-H 'content-type: application/json'`,
    `-H "authorization: Bearer $LIP_API_KEY"`,
  ]
  for (const [name, value] of Object.entries(request.headers)) {
    if (/^(anthropic-|openai-|x-goog-api-client|accept$)/.test(name)) lines.push(`-H ${quoted(`${name}: ${value}`)}`)
  }
  lines.push(`--data-raw ${quoted(request.text)}`)
  return lines.join(' \\\n  ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

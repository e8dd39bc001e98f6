import { z } from 'zod'
import type { Events } from '../../core/events.ts'
import type { Reply } from '../../core/reply.ts'
import type { Frames, SseFrame } from '../../wire/sse.ts'
import { list, record, type Fields } from '../fields.ts'
import { parseBody } from '../parse-body.ts'
import type { Protocol } from '../protocol.ts'
import { openaiChat } from './index.ts'

/**
 * Legacy Completions (`POST /v1/completions`), for clients alone: the prompt is asked as a chat of one message, and of the
 * answer its text is told. What only a bare completion can do (a suffix, an echo, several prompts) is refused. Facts: OpenAI's
 * reference of Completions. It has the id of the format it stands on.
 */
export const openaiCompletions: Protocol = {
  ...openaiChat,
  decodeRequest: body => openaiChat.decodeRequest(asChat(body)),
  encodeReply: (reply, asked) => whole(record(openaiChat.encodeReply(wordsOf(reply), asked))),
  encodeStream: (events, asked) => asTexts(openaiChat.encodeStream(wordsIn(events), asked)),
}

const body = z.looseObject({
  model: z.string().nullish(),
  prompt: z
    .union([z.string(), z.tuple([z.string()])], 'one prompt of text: tokens and several prompts are not supported')
    .transform(prompt => (typeof prompt === 'string' ? prompt : prompt[0])),
  suffix: z.null('null: a text can’t be completed between two ends here').optional(),
  echo: z.literal(false, 'false: the prompt can’t be repeated here').nullish(),
  best_of: z.literal(1, '1: one answer at a time is given').nullish(),
  /** A number here, which a chat has in `top_logprobs`. */
  logprobs: z.int().min(0).max(5).nullish(),
})

function asChat(sent: unknown): Fields {
  const { prompt, logprobs, suffix: _, echo: __, best_of: ___, ...rest } = parseBody(body, sent)
  return {
    ...rest,
    messages: [{ role: 'user', content: prompt }],
    ...(logprobs != null && { logprobs: true, top_logprobs: logprobs }),
  }
}

// ── The answer ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A completion has words alone: thoughts are left out, and a refusal is said. */
function wordsOf(reply: Reply): Reply {
  return {
    ...reply,
    parts: reply.parts.flatMap(part =>
      part.type === 'refusal' ? [{ type: 'text', text: part.text } as const] : part.type === 'text' ? [part] : [],
    ),
  }
}

async function* wordsIn(events: Events): Events {
  for await (const batch of events) {
    yield batch.map(event =>
      event.type === 'part-start' && event.part.type === 'refusal' ? { ...event, part: { type: 'text' } } : event,
    )
  }
}

function whole({ choices, ...answer }: Fields): Fields {
  return { ...answer, object: 'text_completion', choices: list(choices).map(asText) }
}

async function* asTexts(frames: Frames): Frames {
  for await (const batch of frames) yield batch.flatMap(asTextFrame)
}

/** A chunk as a completion's; nothing for one that holds neither words nor an end. */
function asTextFrame(frame: SseFrame): SseFrame[] {
  if (!frame.data.startsWith('{"id":')) return [frame]
  const { choices, ...chunk } = JSON.parse(frame.data) as Fields
  const texts = list(choices).map(asText)
  const says = texts.length === 0 || texts.some(({ text, finish_reason }) => text !== '' || finish_reason !== null)
  return says ? [{ data: JSON.stringify({ ...chunk, object: 'text_completion', choices: texts }) }] : []
}

function asText(choice: unknown) {
  const { index, message, delta, logprobs, finish_reason } = record(choice)
  const { content } = record(message ?? delta)
  return {
    text: typeof content === 'string' ? content : '',
    index,
    logprobs: asLogprobs(record(logprobs)['content']),
    finish_reason: finish_reason ?? null,
  }
}

/** A chat's list of tokens as the parallel lists of a completion. */
function asLogprobs(tokens: unknown): Fields | null {
  if (!Array.isArray(tokens)) return null
  const all = tokens.map(record)
  return {
    tokens: all.map(({ token }) => token),
    token_logprobs: all.map(({ logprob }) => logprob),
    top_logprobs: all.map(({ top_logprobs }) =>
      Object.fromEntries(list(top_logprobs).map(top => [String(record(top)['token']), record(top)['logprob']])),
    ),
    text_offset: offsets(all.map(({ token }) => String(token))),
  }
}

function offsets(tokens: readonly string[]): number[] {
  let at = 0
  return tokens.map(token => (at += token.length) - token.length)
}

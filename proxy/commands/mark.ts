import type { Message } from '../core/request.ts'

/**
 * How our own answers begin, so that they are known again in the history that a client sends back. It is visible text rather
 * than something hidden: all clients keep and replay the words of an answer, while ids and unknown fields are dropped by
 * most, and invisible characters by some; and the user sees who speaks. The session's id in it tells a conversation whose
 * client has no id of its own.
 */
const NAME = '[LLM Interactive Proxy'
const mark = /^\s*\[LLM Interactive Proxy(?: ([0-9a-f]{12}))?\] /

/** A text as an answer of ours. */
export function marked(says: string, sessionId: string): string {
  return `${NAME} ${sessionId}] ${says}`
}

/** Whether a message of the history is an answer of ours. */
export function isOurs(message: Message): boolean {
  return markOf(message) !== null
}

/** The id of the session that our last answer in a conversation tells. */
export function sessionIn(messages: readonly Message[]): string | undefined {
  const last = messages.findLast(isOurs)
  return last === undefined ? undefined : markOf(last)?.[1]
}

function markOf({ role, parts }: Message): RegExpExecArray | null {
  const first = role === 'assistant' ? parts.find(({ type }) => type !== 'reasoning') : undefined
  return first?.type === 'text' ? mark.exec(first.text) : null
}

/** The name, as it stands in a body. */
export const markBytes = Buffer.from(NAME)

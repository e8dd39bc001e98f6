import type { Message, Part, ToolCallPart, ToolResultPart } from './request.ts'

/**
 * The conversation with every tool call answered at once: after a message that calls tools stands one user message with one
 * result a call, in the order of the calls. All vendors refuse anything else, and clients send it all the same: results in
 * another order, split over messages, sent twice, or cut away when a conversation was compacted. The rules:
 *
 * - A result moves to its call, from wherever it stands after it.
 * - Of several results of one call the last counts.
 * - A call without a result gets one that says so.
 * - A result without a call becomes text of the user.
 * - Assistant messages that follow each other, the earlier one with calls, are one message.
 */
export function pairToolResults(messages: readonly Message[]): readonly Message[] {
  const turns = joinSplitCalls(messages)
  const { resultOf, paired } = match(turns)

  return turns.flatMap(message => {
    if (message.role === 'assistant') {
      const results = message.parts.filter(isCall).map(call => resultOf.get(call) ?? noResult(call))
      return results.length === 0 ? [message] : [message, { role: 'user', parts: results } as const]
    }
    if (!message.parts.some(isResult)) return [message]
    const parts = message.parts.flatMap(part => (!isResult(part) ? [part] : paired.has(part) ? [] : asText(part)))
    return parts.length === 0 ? [] : [{ ...message, parts }]
  })
}

function joinSplitCalls(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = []
  for (const message of messages) {
    const last = joined.at(-1)
    if (message.role === 'assistant' && last?.role === 'assistant' && last.parts.some(isCall)) {
      joined[joined.length - 1] = { ...last, parts: [...last.parts, ...message.parts] }
    } else {
      joined.push(message)
    }
  }
  return joined
}

/** Which result answers which call: a result belongs to the nearest call of its id before it. */
function match(messages: readonly Message[]) {
  const callOf = new Map<string, ToolCallPart>()
  const resultOf = new Map<ToolCallPart, ToolResultPart>()
  const paired = new Set<ToolResultPart>()
  for (const part of messages.flatMap(message => message.parts)) {
    if (isCall(part)) callOf.set(part.id, part)
    if (!isResult(part)) continue
    const call = callOf.get(part.callId)
    if (call === undefined) continue
    resultOf.set(call, part)
    paired.add(part)
  }
  return { resultOf, paired }
}

function noResult({ id, name, kind }: ToolCallPart): ToolResultPart {
  return { type: 'tool-result', callId: id, name, kind, isError: false, parts: [{ type: 'text', text: '(no result)' }] }
}

function asText({ name, parts }: ToolResultPart): Part[] {
  const of = name === undefined ? '' : ` of ${name}`
  return [{ type: 'text', text: `[result${of}, whose call is no longer in the conversation]` }, ...parts]
}

function isCall(part: Part): part is ToolCallPart {
  return part.type === 'tool-call'
}

function isResult(part: Part): part is ToolResultPart {
  return part.type === 'tool-result'
}

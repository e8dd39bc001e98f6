import { freeId } from './names.ts'
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
 * - Calls of one message that share an id get ids of their own, and its results in their order.
 * - Assistant messages that follow each other, the earlier one with calls, are one message.
 */
export function pairToolResults(messages: readonly Message[]): readonly Message[] {
  const turns = joinSplitCalls(messages)
  const { resultOf, paired } = match(turns)

  return turns.flatMap(message => {
    if (message.role === 'assistant') {
      const ids = new Set<string>()
      const results: ToolResultPart[] = []
      const parts = message.parts.map(part => {
        if (!isCall(part)) return part
        const id = freeId(part.id, ids)
        results.push({ ...(resultOf.get(part) ?? noResult(part)), callId: id })
        return { ...part, id }
      })
      return results.length === 0 ? [message] : [{ ...message, parts }, { role: 'user', parts: results } as const]
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

/**
 * Which result answers which call: a result belongs to the nearest message before it that calls by its id, and to the first
 * call of that id which has no result yet.
 */
function match(messages: readonly Message[]) {
  const callsOf = new Map<string, readonly ToolCallPart[]>()
  const resultOf = new Map<ToolCallPart, ToolResultPart>()
  const paired = new Set<ToolResultPart>()
  for (const { parts } of messages) {
    const calls = parts.filter(isCall)
    for (const { id } of calls)
      callsOf.set(
        id,
        calls.filter(call => call.id === id),
      )
    for (const result of parts.filter(isResult)) {
      const asked = callsOf.get(result.callId) ?? []
      const call = asked.find(other => !resultOf.has(other)) ?? asked.at(-1)
      if (call === undefined) continue
      resultOf.set(call, result)
      paired.add(result)
    }
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

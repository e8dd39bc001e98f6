import { fitted, wireName } from '../../core/names.ts'
import type {
  AudioPart,
  FilePart,
  ImagePart,
  Message,
  Part,
  Request,
  SystemPart,
  ToolCallPart,
  ToolResultPart,
} from '../../core/request.ts'
import { pairToolResults } from '../../core/tool-results.ts'
import { nested, record, type Fields } from '../fields.ts'
import { encodeArguments } from '../input.ts'
import { decodeCache, decodeContent, encodeCache, encodePart, shortest, type Content } from './content.ts'
import type { Dialect } from './dialect.ts'
import { decodeThoughts, encodeThoughts, thoughtSignature } from './reasoning.ts'
import { extras, ours, type WireMessage, type WireToolCall } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The conversation as a client has it. System messages before the first other message are the system prompt, later ones
 * stay where they are. Tool messages in a row are one user message of tool results.
 */
export function decodeMessages(wire: readonly WireMessage[]): Pick<Request, 'system' | 'messages'> {
  const system: SystemPart[] = []
  const messages: Message[] = []
  const calls = new Map<string, ToolCallPart>()

  for (const [at, message] of wire.entries()) {
    switch (message.role) {
      case 'system':
      case 'developer':
        if (messages.length === 0) system.push(...decodeSystem(message))
        else messages.push(decodeInstruction(message))
        break
      case 'user':
        messages.push(decodeUser(message))
        break
      case 'assistant': {
        const decoded = decodeAssistant(message, at)
        for (const part of decoded.parts) if (part.type === 'tool-call') calls.set(part.id, part)
        messages.push(decoded)
        break
      }
      case 'tool':
        addResult(messages, decodeResult(message, calls))
        break
      case 'function':
        addResult(messages, decodeLegacyResult(message, calls, at))
        break
    }
  }
  return { system, messages }
}

type Wire<Role> = Extract<WireMessage, { role: Role }>

function decodeSystem({ role, content, ...rest }: Wire<'system' | 'developer'>): SystemPart[] {
  if (typeof content === 'string') return [{ text: content, origin: role, ...extras(rest) }]
  return content.map(({ type: _, text, ...part }, at) => ({
    text,
    origin: role,
    ...decodeCache(part),
    // The first part carries the fields of the message, the others that they belong to it.
    ...extras({ ...(at === 0 ? rest : { continues: true }), ...nested('part', part) }),
  }))
}

function decodeInstruction({ role, content, name, ...rest }: Wire<'system' | 'developer'>): Message {
  return {
    role: 'system',
    parts: decodeContent(content),
    ...(name != null && { name }),
    ...extras({ ...rest, ...(role === 'developer' && { role }) }),
  }
}

function decodeUser({ role: _, content, name, ...rest }: Wire<'user'>): Message {
  return { role: 'user', parts: decodeContent(content), ...(name != null && { name }), ...extras(rest) }
}

function decodeAssistant(message: Wire<'assistant'>, at: number): Message {
  const {
    role,
    content,
    name,
    refusal,
    tool_calls,
    function_call,
    reasoning_content,
    reasoning,
    reasoning_details,
    ...rest
  } = message
  return {
    role,
    parts: [
      ...decodeThoughts({ reasoning_content, reasoning, reasoning_details }),
      ...decodeContent(content ?? ''),
      ...(refusal == null ? [] : [{ type: 'refusal', text: refusal } as const]),
      ...(tool_calls ?? []).map(decodeToolCall),
      ...(function_call == null ? [] : [decodeLegacyCall(function_call, at)]),
    ],
    ...(name != null && { name }),
    ...extras(rest),
  }
}

function decodeToolCall(call: WireToolCall): ToolCallPart {
  if (call.type === 'custom') {
    const { type: kind, id, custom, ...rest } = call
    return { type: 'tool-call', id, name: custom.name, arguments: custom.input, kind, ...extras(rest) }
  }
  const { type: kind, id, function: called, ...rest } = call
  const signature = thoughtSignature(rest)
  return {
    type: 'tool-call',
    id,
    name: called.name,
    arguments: called.arguments,
    kind,
    ...(signature !== undefined && { signature: { protocol: 'gemini', value: signature } }),
    ...extras(rest),
  }
}

/** Deprecated calls have no id: one of their place in the conversation, which stays the same from turn to turn. */
function decodeLegacyCall(call: { name: string; arguments: string }, at: number): ToolCallPart {
  return { type: 'tool-call', id: `call_legacy_${at}`, name: call.name, arguments: call.arguments, kind: 'function' }
}

function decodeResult(message: Wire<'tool'>, calls: ReadonlyMap<string, ToolCallPart>): ToolResultPart {
  const { role: _, content, tool_call_id: callId, ...rest } = message
  const name = rest.name ?? calls.get(callId)?.name
  return {
    type: 'tool-result',
    callId,
    ...(name !== undefined && { name }),
    parts: decodeContent(content),
    isError: false,
    kind: calls.get(callId)?.kind ?? 'function',
    ...extras(rest),
  }
}

function decodeLegacyResult(
  { content, name }: Wire<'function'>,
  calls: ReadonlyMap<string, ToolCallPart>,
  at: number,
): ToolResultPart {
  const call = [...calls.values()].findLast(made => made.name === name)
  return {
    type: 'tool-result',
    callId: call?.id ?? `call_legacy_${at}`,
    name,
    parts: decodeContent(content ?? ''),
    isError: false,
    kind: 'function',
  }
}

function addResult(messages: Message[], result: ToolResultPart) {
  const last = messages.at(-1)
  const continues = last !== undefined && last.parts.length > 0 && last.parts.every(part => part.type === 'tool-result')
  if (continues) messages[messages.length - 1] = { ...last, parts: [...last.parts, result] }
  else messages.push({ role: 'user', parts: [result] })
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The conversation as a strict server takes it: every tool call answered at once, in order (see `pairToolResults`). */
export function encodeMessages({ system, messages }: Request, dialect: Dialect): unknown[] {
  const conversation = pairToolResults(messages)
  return [
    ...encodeSystem(system, dialect),
    ...conversation.flatMap(message => {
      switch (message.role) {
        case 'system':
          return [encodeInstruction(message, dialect)]
        case 'user':
          return encodeUser(message, dialect)
        case 'assistant':
          return encodeAssistant(message, dialect)
      }
    }),
  ]
}

/** A message for each text of the system prompt, but texts that came as one message go as one again. */
function encodeSystem(system: readonly SystemPart[], dialect: Dialect): unknown[] {
  const texts = system.filter(({ text }) => text !== '')
  const single = dialect.systemMessages === 'one'
  const messages: { role: string; fields: Fields; parts: Content[] }[] = []
  for (const { text, origin, cache, extras: own } of texts) {
    const { continues, part, ...fields } = ours(own)
    const content = { ...record(part), type: 'text', text, ...encodeCache(cache, dialect) }
    const last = messages.at(-1)
    if (last !== undefined && (single || continues === true)) last.parts.push(content)
    else messages.push({ role: encodeRole(origin === 'developer', dialect), fields, parts: [content] })
  }
  return messages.map(({ role, fields, parts }) => ({ ...fields, role, content: shortest(parts, dialect, single) }))
}

/** An instruction in mid-conversation stays there, as the user's words where only one system message is taken. */
function encodeInstruction({ parts, name, extras: own }: Message, dialect: Dialect): unknown {
  const { role, ...fields } = ours(own)
  const content = parts.flatMap(part => encodePart(part, dialect))
  if (dialect.systemMessages === 'one') {
    const text = content.map(part => (typeof part['text'] === 'string' ? part['text'] : '')).join('\n\n')
    return { role: 'user', content: `<system>\n${text}\n</system>` }
  }
  return {
    ...fields,
    role: encodeRole(role === 'developer', dialect),
    content: shortest(content, dialect),
    ...(name !== undefined && { name }),
  }
}

function encodeRole(developer: boolean, { developerRole = true }: Dialect): string {
  return developer && developerRole ? 'developer' : 'system'
}

/** Tool results are messages of their own and go first; what of them is not text follows as a message of the user. */
function encodeUser({ parts, name, extras: own }: Message, dialect: Dialect): unknown[] {
  const results = parts.filter(part => part.type === 'tool-result')
  const attached = results.flatMap(result => encodeAttachments(result, dialect))
  const content = parts.flatMap(part => encodePart(part, dialect))
  return [
    ...results.map(result => encodeResult(result, dialect)),
    ...(attached.length === 0 ? [] : [{ role: 'user', content: attached }]),
    ...(content.length === 0 && results.length > 0
      ? []
      : [{ ...ours(own), role: 'user', content: shortest(content, dialect), ...(name !== undefined && { name }) }]),
  ]
}

function encodeResult(result: ToolResultPart, dialect: Dialect): unknown {
  const { callId, parts, isError, cache, extras: own } = result
  const content = parts.flatMap(part =>
    isAttachment(part) ? [{ type: 'text', text: `[${part.type} in the next message]` }] : encodePart(part, dialect),
  )
  // There is no other sign of failure in this format.
  if (isError) content.unshift({ type: 'text', text: 'Error:' })
  const last = content.pop()
  if (last !== undefined) content.push({ ...last, ...encodeCache(cache, dialect) })
  return { ...ours(own), role: 'tool', tool_call_id: fitted(callId), content: shortest(content, dialect, isError) }
}

/** Tool messages hold only text: images and files of a result are shown to the model as the user's. */
function encodeAttachments({ callId, parts }: ToolResultPart, dialect: Dialect): Content[] {
  const attachments = parts.filter(isAttachment).flatMap(part => encodePart(part, dialect))
  return attachments.length === 0
    ? []
    : [{ type: 'text', text: `From the result of ${fitted(callId)}:` }, ...attachments]
}

function isAttachment(part: Part): part is ImagePart | AudioPart | FilePart {
  if (part.type === 'file') return part.source.type !== 'text'
  return part.type === 'image' || part.type === 'audio'
}

function encodeAssistant({ parts, name, extras: own }: Message, dialect: Dialect): unknown[] {
  const calls = parts.filter(part => part.type === 'tool-call')
  const refusals = parts.filter(part => part.type === 'refusal')
  const { thinking, ...thoughts } = encodeThoughts(parts, dialect)
  const content = [...thinking, ...parts.flatMap(part => encodeSaid(part, dialect))]
  if (content.length === 0 && Object.keys(thoughts).length === 0 && isAllUnsaid(parts)) return []
  return [
    {
      ...ours(own),
      role: 'assistant',
      content: content.length === 0 && calls.length + refusals.length > 0 ? null : shortest(content, dialect),
      ...thoughts,
      ...(refusals.length > 0 && { refusal: refusals.map(({ text }) => text).join('') }),
      ...(calls.length > 0 && { tool_calls: calls.map(call => encodeCall(call, dialect)) }),
      ...(name !== undefined && { name }),
    },
  ]
}

/** Whether a message had something to say, but only what other formats know: nothing is left of it, not even an empty one. */
function isAllUnsaid(parts: readonly Part[]): boolean {
  return parts.length > 0 && parts.every(({ type }) => type === 'opaque' || type === 'reasoning')
}

/** What an assistant said. Its own images and sounds can't be told back to it. */
function encodeSaid(part: Part, dialect: Dialect): Content[] {
  return isAttachment(part) ? [{ type: 'text', text: `[${part.type}]` }] : encodePart(part, dialect)
}

/** A call in history. Its `extra_content` rides along in extras, so that a signature goes back to the server it came from. */
function encodeCall(call: ToolCallPart, { customTools = true }: Dialect): unknown {
  const { id, arguments: args, kind, extras: own } = call
  const common = { ...ours(own), id: fitted(id) }
  const name = wireName(call)
  if (kind === 'function') return { ...common, type: kind, function: { name, arguments: encodeArguments(args) } }
  if (customTools) return { ...common, type: kind, custom: { name, input: args } }
  return { ...common, type: 'function', function: { name, arguments: JSON.stringify({ input: args }) } }
}

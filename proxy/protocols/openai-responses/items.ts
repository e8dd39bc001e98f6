import { withCarried, type Carried } from '../../core/carried.ts'
import { fitted } from '../../core/names.ts'
import type {
  Message,
  Part,
  ReasoningPart,
  RefusalPart,
  Request,
  SystemPart,
  TextPart,
  Tool,
  ToolCallPart,
  ToolResultPart,
} from '../../core/request.ts'
import { pairToolResults } from '../../core/tool-results.ts'
import { isRecord, nested, present, record, type Fields } from '../fields.ts'
import { encodeArguments } from '../input.ts'
import {
  decodeContent,
  decodeMadeImage,
  encodeInput,
  encodeMadeImage,
  encodeOutputText,
  shortest,
  type Content,
} from './content.ts'
import type { Dialect } from './dialect.ts'
import { ownId } from './ids.ts'
import { continues, decodeThought, encodeThought } from './reasoning.ts'
import { decodeItemTools, toolName } from './tools.ts'
import { extras, ID, ours, type WireItem } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type Wire<Type> = Extract<WireItem, { type: Type }>

/**
 * The conversation as a client has it. Items that the model said in a row are one message, and so are results in a row.
 * System messages before the first other message are the system prompt, later ones stay where they are. Items that only this
 * format knows (the vendor's own tools and their results, compactions) are kept beside what they stand next to.
 */
export function decodeItems(
  input: string | readonly WireItem[],
): Pick<Request, 'system' | 'messages'> & { readonly tools: readonly Tool[] } {
  if (typeof input === 'string')
    return { system: [], messages: [{ role: 'user', parts: decodeContent(input) }], tools: [] }

  const system: SystemPart[] = []
  const tools: Tool[] = []
  const calls = new Map<string, ToolCallPart>()
  const messages: { role: Message['role']; parts: (Part | Carried)[]; extras?: Message['extras'] }[] = []
  /** What waits for the message behind it, since there is none of the model before it. */
  let waiting: Part[] = []

  function add(role: Message['role'], parts: readonly (Part | Carried)[], own: Fields = {}) {
    messages.push({ role, parts: [...waiting, ...parts], ...extras(own) })
    waiting = []
  }

  function said(parts: readonly (Part | Carried)[]) {
    const last = messages.at(-1)
    if (last?.role === 'assistant' && waiting.length === 0) last.parts.push(...parts)
    else add('assistant', parts)
  }

  function answered(result: ToolResultPart) {
    const last = messages.at(-1)
    const goesOn = last?.role === 'user' && last.parts.length > 0 && last.parts.every(isResultOrItem)
    if (!goesOn) {
      add('user', [result])
      return
    }
    last.parts.push(...waiting, result)
    waiting = []
  }

  function kept(raw: Fields) {
    const part: Part = { type: 'opaque', protocol: ID, raw, ...extras({ isItem: true }) }
    if (messages.at(-1)?.role === 'assistant' && waiting.length === 0) said([part])
    else waiting.push(part)
  }

  function readMessage(item: Wire<'message'>) {
    const { type: _, role, content, id, status, phase, ...rest } = item
    switch (role) {
      case 'user':
        add('user', decodeContent(content), { ...rest, ...nested('item', present({ id: ownId(id) })) })
        break
      case 'assistant':
        said(decodeSaid(decodeContent(content), present({ ...rest, id: ownId(id), status: unusual(status), phase })))
        break
      case 'system':
      case 'developer':
        if (messages.length === 0) system.push(...decodeSystem(role, decodeContent(content), rest))
        else add('system', decodeContent(content), { ...rest, ...(role === 'developer' && { role }) })
        break
    }
  }

  for (const item of input) {
    switch (item.type) {
      case 'message':
        readMessage(item)
        break
      case 'function_call':
      case 'custom_tool_call': {
        const call = decodeCall(item)
        calls.set(call.id, call)
        said([call])
        break
      }
      case 'function_call_output':
      case 'custom_tool_call_output':
        answered(decodeResult(item, calls))
        break
      case 'reasoning':
        said(decodeThought(item))
        break
      case 'additional_tools':
      case 'tool_search_output':
        tools.push(...decodeItemTools(item.tools ?? []))
        kept(withRawTools(item))
        break
      case 'opaque':
        decodeOther(item.raw, said, kept)
        break
    }
  }
  if (waiting.length > 0) add('assistant', [])
  return { system, messages: messages.map(message => ({ ...message, parts: withCarried(message.parts) })), tools }
}

/** Tools in an item were read for what they are, and go on as they came. */
function withRawTools({ tools, ...rest }: Wire<'additional_tools' | 'tool_search_output'>): Fields {
  return tools == null ? rest : { ...rest, tools: tools.map(tool => (tool.type === 'opaque' ? tool.raw : tool)) }
}

function decodeOther(raw: Fields, said: (parts: readonly Part[]) => void, kept: (raw: Fields) => void) {
  const image = raw['type'] === 'image_generation_call' ? decodeMadeImage(raw) : undefined
  if (image === undefined) kept(raw)
  else said([{ type: 'image', source: image.source, ...extras({ item: image.rest }) }])
}

function isResultOrItem(part: Part | Carried): boolean {
  return 'type' in part && (part.type === 'tool-result' || isItem(part))
}

/** Whether a part that only we know is an item of its own, not a piece of a message. */
function isItem(part: Part): boolean {
  return part.type === 'opaque' && part.protocol === ID && ours(part.extras)['isItem'] === true
}

function decodeSystem(origin: 'system' | 'developer', parts: readonly Part[], rest: Fields): SystemPart[] {
  return parts.flatMap((part, at) => {
    if (part.type !== 'text') return []
    const own = nested('part', ours(part.extras))
    // The first part carries the fields of the message, the others that they belong to it.
    const fields = at === 0 ? rest : { continues: true }
    return [
      {
        text: part.text,
        origin,
        ...(part.cache !== undefined && { cache: part.cache }),
        ...extras({ ...fields, ...own }),
      },
    ]
  })
}

/** What the model said in one message: the first part has the fields of the message, the others that they belong to it. */
function decodeSaid(parts: readonly Part[], item: Fields): Part[] {
  return parts.map((part, at) => {
    const fields = at === 0 ? nested('item', item) : { continues: true }
    return { ...part, ...extras({ ...ours(part.extras), ...fields }) }
  })
}

function decodeCall(item: Wire<'function_call' | 'custom_tool_call'>): ToolCallPart {
  const { type, call_id, name, id, status, namespace, ...rest } = item
  const isCustom = type === 'custom_tool_call'
  const { arguments: args, input, ...more } = rest as Fields
  return {
    type: 'tool-call',
    id: call_id,
    name,
    arguments: String(isCustom ? input : args),
    kind: isCustom ? 'custom' : 'function',
    ...(namespace != null && { namespace }),
    ...extras(nested('item', callFields({ ...more, id, status }))),
  }
}

/** What is worth a word of a call's item: not that the model itself called, nor that the call is whole. */
export function callFields({ id, status, caller, ...rest }: Fields): Fields {
  const isDirect = record(caller)['type'] === 'direct'
  return present({ ...rest, id: ownId(id), status: unusual(status), caller: isDirect ? undefined : caller })
}

function unusual(status: unknown): unknown {
  return status === 'completed' ? undefined : status
}

function decodeResult(
  item: Wire<'function_call_output' | 'custom_tool_call_output'>,
  calls: ReadonlyMap<string, ToolCallPart>,
): ToolResultPart {
  const { type, call_id: callId, output, ...rest } = item
  const name = rest.name ?? calls.get(callId)?.name
  return {
    type: 'tool-result',
    callId,
    ...(name !== undefined && { name }),
    parts: decodeContent(output),
    isError: false,
    kind: calls.get(callId)?.kind ?? (type === 'custom_tool_call_output' ? 'custom' : 'function'),
    ...extras(nested('item', callFields(rest))),
  }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** How items have to be written. */
export interface ItemOptions {
  readonly dialect: Dialect
  /** Whether the server keeps what it says, so that it knows the ids of its items again. Other ids are refused. */
  readonly kept: boolean
}

/**
 * The conversation as a strict server takes it: every call answered at once (see `pairToolResults`), no thought without what
 * it led to, no ids that the server has not kept.
 */
export function encodeItems(
  { system, messages }: Pick<Request, 'system' | 'messages'>,
  options: ItemOptions,
): { readonly instructions?: string; readonly input: Fields[] } {
  const { dialect } = options
  const isInstruction = ({ origin }: SystemPart) => dialect.codex === true || origin === 'instructions'
  const instructions = system.filter(isInstruction).map(({ text }) => text)
  return {
    ...((instructions.length > 0 || dialect.codex === true) && { instructions: instructions.join('\n\n') }),
    input: [
      ...encodeSystem(
        system.filter(part => !isInstruction(part)),
        dialect,
      ),
      ...pairToolResults(messages).flatMap(message => encodeMessage(message, options)),
    ],
  }
}

/** A message for each text of the system prompt, but texts that came as one message go as one again. */
function encodeSystem(system: readonly SystemPart[], dialect: Dialect): Fields[] {
  const messages: { role: string; fields: Fields; parts: Content[] }[] = []
  for (const { text, origin, cache, extras: written } of system) {
    if (text === '') continue
    const { continues: goesOn, part, ...fields } = ours(written)
    const content = encodeInput({ type: 'text', text, cache, ...extras(record(part)) }, dialect)
    const last = messages.at(-1)
    if (last !== undefined && goesOn === true) last.parts.push(...content)
    else messages.push({ role: encodeRole(origin === 'developer', dialect), fields, parts: content })
  }
  return messages.map(({ role, fields, parts }) => ({ ...fields, type: 'message', role, content: shortest(parts) }))
}

function encodeRole(developer: boolean, { codex, developerRole = true }: Dialect): string {
  return codex === true || (developer && developerRole) ? 'developer' : 'system'
}

function encodeMessage(message: Message, options: ItemOptions): Fields[] {
  const { dialect, kept } = options
  switch (message.role) {
    case 'assistant':
      return encodeSaid(message.parts, options)
    case 'user': {
      const { item, ...fields } = ours(message.extras)
      const own = { ...fields, ...(kept ? record(item) : {}) }
      return encodeGiven(message.parts, { ...own, type: 'message', role: 'user' }, options)
    }
    case 'system': {
      const { role, ...fields } = ours(message.extras)
      const about = { ...fields, type: 'message', role: encodeRole(role === 'developer', dialect) }
      return encodeGiven(message.parts, about, options)
    }
  }
}

/** What is not an item of its own stands in messages, between those that are. */
function encodeGiven(parts: readonly Part[], about: Fields, options: ItemOptions): Fields[] {
  const items: Fields[] = []
  let content: Content[] = []

  function flush() {
    if (content.length > 0) items.push({ ...about, content: shortest(content) })
    content = []
  }
  for (const part of parts) {
    if (part.type === 'tool-result' || isItem(part)) {
      flush()
      items.push(part.type === 'tool-result' ? encodeResult(part, options) : record(rawOf(part)))
    } else {
      content.push(...encodeInput(part, options.dialect))
    }
  }
  flush()
  return items.length > 0 || parts.length > 0 ? items : [{ ...about, content: '' }]
}

function rawOf(part: Part): unknown {
  return part.type === 'opaque' ? part.raw : undefined
}

function encodeResult(result: ToolResultPart, { dialect, kept }: ItemOptions): Fields {
  const { callId, parts, isError, kind, extras: written } = result
  const content = parts.flatMap(part => encodeInput(part, dialect))
  // There is no other sign of failure in this format.
  if (isError) content.unshift({ type: 'input_text', text: 'Error:' })
  const { id, ...fields } = record(ours(written)['item'])
  const isCustom = kind === 'custom' && dialect.customTools !== false
  return {
    ...fields,
    ...(kept && present({ id })),
    type: isCustom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: fitted(callId),
    output: shortest(content),
  }
}

/** What an assistant said, as items: thoughts, messages and calls in their order. */
function encodeSaid(parts: readonly Part[], options: ItemOptions): Fields[] {
  const groups = grouped(parts)
  const last = groups.findLastIndex(group => group[0]?.type !== 'reasoning')
  // A thought that led to nothing is refused.
  return groups.slice(0, last + 1).flatMap(group => encodeGroup(group, options))
}

/** The parts of each item: of a thought, of a message, or the one that a call or another item is. */
export function grouped<P extends Part>(parts: readonly P[]): P[][] {
  const groups: P[][] = []
  for (const part of parts) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    if (group !== undefined && before !== undefined && belongs(part, before)) group.push(part)
    else groups.push([part])
  }
  return groups
}

function belongs(part: Part, before: Part): boolean {
  if (part.type === 'reasoning') return before.type === 'reasoning' && continues(part, before)
  return isSpoken(part) && isSpoken(before) && ours(part.extras)['continues'] === true
}

function isSpoken(part: Part): part is TextPart | RefusalPart {
  return part.type === 'text' || part.type === 'refusal'
}

function encodeGroup(group: readonly Part[], options: ItemOptions): Fields[] {
  const { dialect, kept } = options
  const [first] = group
  switch (first?.type) {
    case 'reasoning':
      return encodeThought(group as readonly ReasoningPart[], dialect, kept)
    case 'text':
    case 'refusal':
      return encodeSpoken(group as readonly (TextPart | RefusalPart)[], options)
    case 'tool-call':
      return [encodeCall(first, options)]
    case 'image': {
      const made = kept ? encodeMadeImage(first) : undefined
      return made === undefined || ownId(made['id']) === undefined ? [says(`[${first.type}]`)] : [made]
    }
    case 'audio':
    case 'file':
      return [says(`[${first.type}]`)]
    case 'opaque':
      return first.protocol === ID && isRecord(first.raw) ? [first.raw] : []
    case 'tool-result':
    case undefined:
      return []
  }
}

function says(text: string): Fields {
  return { type: 'message', role: 'assistant', content: text }
}

/**
 * A message of the model. With its id it is written as the server once gave it; without one it is a string, as the format
 * wants it.
 */
function encodeSpoken(group: readonly (TextPart | RefusalPart)[], { kept }: ItemOptions): Fields[] {
  const { id, status, phase, ...fields } = record(ours(group[0]?.extras)['item'])
  if (kept && id !== undefined) {
    const content = group.map(part =>
      part.type === 'text' ? encodeOutputText(part) : { type: 'refusal', refusal: part.text },
    )
    const about = { status: status ?? 'completed', ...present({ phase }) }
    return [{ ...fields, ...about, id, type: 'message', role: 'assistant', content }]
  }
  const text = group.map(part => part.text).join('')
  return text === '' ? [] : [{ ...fields, ...present({ phase }), ...says(text) }]
}

function encodeCall(call: ToolCallPart, { dialect, kept }: ItemOptions): Fields {
  const { id, status, ...fields } = record(ours(call.extras)['item'])
  const { arguments: args, kind, namespace } = call
  const isCustom = kind === 'custom' && dialect.customTools !== false
  const wrapped = kind === 'custom' ? JSON.stringify({ input: args }) : encodeArguments(args)
  return {
    ...fields,
    ...(kept && present({ id, status })),
    type: isCustom ? 'custom_tool_call' : 'function_call',
    call_id: fitted(call.id),
    name: toolName(call, dialect),
    ...(namespace !== undefined && dialect.namespaces !== false && { namespace }),
    ...(isCustom ? { input: args } : { arguments: wrapped }),
  }
}

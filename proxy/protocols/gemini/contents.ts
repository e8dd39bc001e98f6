import { freeId, hash, wireName } from '../../core/names.ts'
import type {
  Message,
  Part,
  ReasoningPart,
  Request,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../core/request.ts'
import { pairToolResults } from '../../core/tool-results.ts'
import { isRecord, nested, present, type Fields } from '../fields.ts'
import { encodeInput } from '../input.ts'
import { decodeBlob, decodeFile, encodeContent } from './content.ts'
import type { Family } from './families.ts'
import { decodeSignature, encodeSignature, NO_SIGNATURE } from './thinking.ts'
import { extras, ID, ours, type WireContent, type WireFunctionResponse, type WirePart } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The conversation as a client has it. Contents of the model that follow each other are one message: Google's own SDK keeps each
 * chunk of a stream as one, so that a text goes on from one to the next.
 */
export function decodeContents(wire: readonly WireContent[]): Message[] {
  const calls = createCalls()
  const messages: Message[] = []
  let said: Part[] | undefined
  for (const { role, parts, ...rest } of wire) {
    if (role !== 'model') {
      messages.push({ role: 'user', parts: decodeParts(parts ?? [], calls, []), ...extras(rest) })
      said = undefined
    } else if (said === undefined) {
      said = decodeParts(parts ?? [], calls, [])
      messages.push({ role: 'assistant', parts: said, ...extras(rest) })
    } else {
      goOn(said, decodeParts(parts ?? [], calls, said))
    }
  }
  return messages
}

/** Thoughts of another vendor that come on a part are the ones that stood before it, here or at the end of what was said. */
function decodeParts(wire: readonly WirePart[], calls: Calls, said: Part[]): Part[] {
  const parts: Part[] = []
  for (const part of wire) {
    const { thoughts } = decodeSignature(part.thoughtSignature)
    if (thoughts !== undefined) {
      while (parts.at(-1)?.type === 'reasoning') parts.pop()
      if (parts.length === 0) while (said.at(-1)?.type === 'reasoning') said.pop()
      parts.push(...thoughts)
    }
    parts.push(...decodePart(part, calls))
  }
  return parts
}

/** Adds parts to those before them, of which the last may go on in the first. */
function goOn(said: Part[], [first, ...others]: readonly Part[]) {
  if (first === undefined) return
  const last = said.at(-1)
  if (
    last !== undefined &&
    isFragment(last) &&
    isFragment(first) &&
    last.type === first.type &&
    last.signature === undefined
  )
    said[said.length - 1] = { ...first, text: last.text + first.text }
  else said.push(first)
  said.push(...others)
}

/** A text or thought of which nothing else is told. */
function isFragment(part: Part): part is TextPart | ReasoningPart {
  if (part.type === 'reasoning')
    return part.extras === undefined && part.redacted === undefined && part.encrypted === undefined
  return part.type === 'text' && part.extras === undefined
}

function decodePart(part: WirePart, calls: Calls): Part[] {
  const { text, inlineData, fileData, functionCall, functionResponse, thought, thoughtSignature, ...rest } = part
  const { signature } = decodeSignature(thoughtSignature)
  if (functionCall != null) return [decodeCall(functionCall, rest, calls, signature)]
  if (functionResponse != null) return [decodeResult(functionResponse, rest, calls)]
  if (inlineData != null) return [{ ...decodeBlob(inlineData), ...signedExtras(rest, signature) }]
  if (fileData != null) return [{ ...decodeFile(fileData), ...signedExtras(rest, signature) }]
  if (text != null) {
    const signed = signature === undefined ? {} : { signature }
    if (text === '' && signature === undefined) return []
    if (thought === true) return [{ type: 'reasoning', text, ...signed, ...extras(rest) }]
    return [{ type: 'text', text, ...signed, ...extras(rest) }]
  }
  // What only Google knows: code that it ran, its own tools. Without any of it a part says nothing.
  return Object.values(present(rest)).some(isRecord) ? [{ type: 'opaque', protocol: ID, raw: part }] : []
}

/** The signature of what is neither text nor call (an image that the model made) rides along. */
function signedExtras(rest: Fields, signature: ToolCallPart['signature']): Pick<Part, 'extras'> {
  return extras({ ...rest, ...encodeSignature(signature) })
}

function decodeCall(
  { id, name, args, ...more }: NonNullable<WirePart['functionCall']>,
  rest: Fields,
  calls: Calls,
  signature: ToolCallPart['signature'],
): ToolCallPart {
  const text = JSON.stringify(args ?? {})
  return {
    type: 'tool-call',
    id: calls.called(id ?? '', name, text),
    name,
    arguments: text,
    kind: 'function',
    ...(signature !== undefined && { signature }),
    ...extras({ ...rest, ...nested('functionCall', more) }),
  }
}

function decodeResult(
  { id, name, response, parts, ...more }: WireFunctionResponse,
  rest: Fields,
  calls: Calls,
): ToolResultPart {
  const answered = calls.answered(id ?? '', name ?? '')
  const { text, isError } = decodeResponse(response ?? {})
  const media = (parts ?? []).flatMap(({ inlineData, fileData }) => [
    ...(inlineData == null ? [] : [decodeBlob(inlineData)]),
    ...(fileData == null ? [] : [decodeFile(fileData)]),
  ])
  return {
    type: 'tool-result',
    callId: answered.id,
    ...(answered.name !== '' && { name: answered.name }),
    parts: [...(text === '' ? [] : [{ type: 'text', text } as const]), ...media],
    isError,
    kind: 'function',
    // What a client says in a form of its own goes back to Google in that form.
    ...extras({
      ...rest,
      ...nested('functionResponse', more),
      ...(encodeResponse(text, isError)[isError ? 'error' : 'output'] === soleText(response) ? {} : { response }),
    }),
  }
}

/** Results are objects; most clients put the text of one under `output`, and that of a failure under `error`. */
function decodeResponse(response: Fields): { readonly text: string; readonly isError: boolean } {
  const names = Object.keys(response)
  const [name = ''] = names
  const value = response[name]
  if (names.length !== 1 || !TEXT_FIELDS.includes(name)) {
    return { text: names.length === 0 ? '' : JSON.stringify(response), isError: false }
  }
  return { text: typeof value === 'string' ? value : JSON.stringify(value), isError: name === 'error' }
}

const TEXT_FIELDS: readonly string[] = ['output', 'error', 'result', 'content']

/** The text in a result of our own form. */
function soleText(response: Fields | null | undefined): unknown {
  const [first, ...others] = Object.entries(response ?? {})
  return first !== undefined && others.length === 0 && (first[0] === 'output' || first[0] === 'error')
    ? first[1]
    : undefined
}

type Calls = ReturnType<typeof createCalls>

/**
 * Which result answers which call: by id; where a client sends none, or not the one that it was given, the first call of that
 * name which has no result yet; where there is no name either, the first call without a result. A call without an id gets one by its place in the
 * conversation, which stays the same on every turn.
 */
function createCalls() {
  interface Call {
    readonly wireId: string
    readonly id: string
    readonly name: string
  }
  const all: Call[] = []
  const used = new Set<string>()
  let open: Call[] = []

  function called(wireId: string, name: string, args: string): string {
    const wanted = wireId === '' ? `call_${hash(JSON.stringify([all.length, name, args]))}` : wireId
    const id = freeId(wanted, used)
    const call = { wireId, id, name }
    all.push(call)
    open.push(call)
    return id
  }

  function answered(wireId: string, name: string): { readonly id: string; readonly name: string } {
    const same = (call: Call) => wireId !== '' && call.wireId === wireId
    const call =
      open.find(same) ??
      all.findLast(same) ??
      open.find(other => other.name === name) ??
      (name === '' ? open[0] : undefined)
    if (call === undefined) return { id: wireId === '' ? `call_${hash(name)}` : wireId, name }
    open = open.filter(other => other !== call)
    return call
  }

  return { called, answered }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A content on the wire. */
export interface Content extends Fields {
  readonly role: 'user' | 'model'
  readonly parts: readonly Fields[]
}

/**
 * The conversation as Google takes it: the user begins, the model's turns stand apart, all results of a turn's calls are one
 * content right behind it, in the order of the calls and with nothing else (see `pairToolResults`), nothing is empty, and the
 * third generation finds a signature on the first call of each turn.
 */
export function encodeContents({ messages }: Pick<Request, 'messages'>, family: Family): readonly Content[] {
  let unanswered: ToolCallPart[] = []
  const contents = pairToolResults(messages).flatMap(message => {
    if (message.role === 'assistant') {
      unanswered = message.parts.filter(part => part.type === 'tool-call')
      return [{ ...ours(message.extras), role: 'model', parts: message.parts.flatMap(encodeSaid) } as const]
    }
    const results = message.parts.filter(part => part.type === 'tool-result')
    const others = message.parts.filter(part => part.type !== 'tool-result')
    const given = others.flatMap(encodeContent)
    return [
      ...encodeResults(results, unanswered, family),
      { ...ours(message.extras), role: 'user', parts: message.role === 'system' ? given.map(asUsers) : given } as const,
    ]
  })
  const spoken = joined(contents.filter(({ parts }) => parts.length > 0))
  return begun(family.third ? spoken.map(signed) : spoken)
}

function encodeSaid(part: Part): Fields[] {
  switch (part.type) {
    case 'reasoning':
      return encodeThought(part)
    case 'tool-call':
      return [encodeCall(part)]
    case 'text': {
      const signature = encodeSignature(part.signature)
      if (part.text === '' && part.signature?.protocol !== ID) return []
      return [{ ...ours(part.extras), text: part.text, ...signature }]
    }
    default:
      return encodeContent(part)
  }
}

/** Google wants no thoughts back but those that it has signed. */
function encodeThought({ text, signature, extras: own }: ReasoningPart): Fields[] {
  return signature?.protocol === ID ? [{ ...ours(own), text, thought: true, thoughtSignature: signature.value }] : []
}

function encodeCall(call: ToolCallPart): Fields {
  const { functionCall, ...rest } = ours(call.extras)
  return {
    ...rest,
    functionCall: { ...(functionCall as Fields), id: call.id, name: wireName(call), args: encodeInput(call) },
    ...encodeSignature(call.signature),
  }
}

/** The results of one turn's calls; what they hold beside text follows them, where it can't stand inside of them. */
function encodeResults(results: readonly ToolResultPart[], calls: readonly ToolCallPart[], family: Family): Content[] {
  const following: Fields[] = []
  const parts = results.map((result, at): Fields => {
    const { functionResponse, response, ...rest } = ours(result.extras)
    const texts = result.parts.filter(part => part.type === 'text' || part.type === 'refusal')
    const text = texts.map(part => part.text).join('\n\n')
    const media = result.parts.filter(part => part.type !== 'text' && part.type !== 'refusal').flatMap(encodeContent)
    const inside = family.third ? media.filter(isInline) : []
    following.push(...media.filter(part => !inside.includes(part)))
    const call = calls[at]
    return {
      ...rest,
      functionResponse: {
        ...(functionResponse as Fields),
        id: result.callId,
        name: call === undefined ? wireName({ name: result.name ?? '' }) : wireName(call),
        response:
          isRecord(response) && decodeResponse(response).text === text
            ? response
            : encodeResponse(text, result.isError),
        ...(inside.length > 0 && { parts: inside }),
      },
    }
  })
  return [
    { role: 'user', parts },
    { role: 'user', parts: following },
  ]
}

function isInline(part: Fields): boolean {
  return part['inlineData'] !== undefined
}

function encodeResponse(text: string, isError: boolean): Fields {
  return isError ? { error: text } : { output: text }
}

/** There are no instructions between the turns. */
function asUsers(part: Fields): Fields {
  return typeof part['text'] === 'string' ? { ...part, text: `<system>\n${part['text']}\n</system>` } : part
}

/** Turns of the model that follow each other are one; those of the user stay apart, so that results stand alone. */
function joined(contents: readonly Content[]): Content[] {
  const apart: Content[] = []
  for (const content of contents) {
    const last = apart.at(-1)
    if (last?.role !== 'model' || content.role !== 'model') apart.push(content)
    else apart[apart.length - 1] = { ...last, ...content, parts: [...last.parts, ...content.parts] }
  }
  return apart
}

function begun(contents: readonly Content[]): readonly Content[] {
  const opening: Content = { role: 'user', parts: [{ text: '(The conversation begins.)' }] }
  return contents[0]?.role === 'model' ? [opening, ...contents] : contents
}

/** Of parallel calls only the first has a signature. */
function signed(content: Content): Content {
  const first = content.parts.findIndex(part => part['functionCall'] !== undefined)
  if (first === -1 || content.parts[first]?.['thoughtSignature'] !== undefined) return content
  const parts = content.parts.map((part, at) => (at === first ? { ...part, thoughtSignature: NO_SIGNATURE } : part))
  return { ...content, parts }
}

import { createHash } from 'node:crypto'
import { ProxyError, type ErrorKind } from '../../core/errors.ts'
import type { Delta, OpenPart, StopReason, StreamEvent } from '../../core/events.ts'
import { freeId } from '../../core/names.ts'
import type { Citation } from '../../core/request.ts'
import { isRecord, list, record, type Fields } from '../fields.ts'
import { decodeUrl } from '../media.ts'
import { createOutbox } from '../outbox.ts'
import { createCalls, type CallPiece, type GrowingCall } from './calls.ts'
import { decodeStreamError } from './errors.ts'
import { appendDetails, textOfDetails, thoughtSignature } from './reasoning.ts'
import { decodeUsage, usageIn } from './usage.ts'
import { extras, ID, type WireChoice, type WireChunk, type WireDelta } from './wire.ts'

/**
 * Reads one answer, chunk by chunk; a whole body is a single chunk with all of it, so that there is one reader with one set
 * of tolerances. Only the first choice is read, since the canonical answer is one. Of fields that the model has no word for,
 * those of the chunk ride along, those of the message are dropped.
 */
export function createReader() {
  const { push: emit, take } = createOutbox<StreamEvent>()
  let parts = 0
  const nextIndex = () => parts++
  const prose = createProse(emit, nextIndex)
  const calls = createCallParts(emit, nextIndex, madeUpId)
  const more = createMore()
  let started = false
  let ended = false
  let id = ''
  let model = ''
  let created: unknown
  let thinksInWords = false
  let audio: Fields = {}
  let usage: Fields | undefined
  let rawReason: string | undefined
  let stopSequence: string | undefined

  /** Takes a chunk, or a whole answer. Throws the error that it tells. */
  function read(chunk: WireChunk) {
    if (chunk.error !== undefined && chunk.error !== null) throw decodeStreamError(chunk)
    more.note(chunk)
    if (id === '' && typeof chunk.id === 'string') id = chunk.id
    if (model === '' && typeof chunk.model === 'string') model = chunk.model
    created ??= chunk.created
    usage = usageIn(chunk) ?? usage
    const choice = firstChoice(chunk.choices)
    if (choice === undefined) return

    if (!started) emit({ type: 'start', id, model, ...more.take() })
    started = true
    readDelta(record(choice.delta ?? choice.message))
    readLogprobs(choice.logprobs)
    if (isRecord(choice.error)) throw decodeStreamError(choice)
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') rawReason = choice.finish_reason
    if (typeof choice.stop_reason === 'string') stopSequence = choice.stop_reason
  }

  function readDelta(delta: WireDelta) {
    readThoughts(delta)
    if (typeof delta.content === 'string') prose.say('text', delta.content)
    else if (Array.isArray(delta.content)) for (const part of delta.content) readPart(record(part))
    if (typeof delta.refusal === 'string') prose.say('refusal', delta.refusal)
    for (const annotation of list(delta.annotations)) {
      prose.addToText({ type: 'citation', citation: decodeCitation(record(annotation)) })
    }
    for (const image of list(delta.images)) readImage(record(image))
    if (isRecord(delta.audio)) audio = joinAudio(audio, delta.audio)
    const pieces = isRecord(delta.function_call) ? [{ function: delta.function_call }] : list(delta.tool_calls)
    for (const [at, piece] of pieces.entries()) {
      prose.close()
      calls.add(record(piece), at)
    }
  }

  /** Where thoughts have a field for their words, details only repeat these. */
  function readThoughts({ reasoning_content, reasoning, reasoning_details }: WireDelta) {
    const details = list(reasoning_details)
    const thought = [reasoning_content, reasoning].find(text => typeof text === 'string' && text !== '')
    if (typeof thought === 'string') thinksInWords = true
    prose.say('reasoning', typeof thought === 'string' ? thought : thinksInWords ? '' : textOfDetails(details))
    prose.addDetails(details)
  }

  /** Mistral's content may be a list of texts and thoughts. */
  function readPart({ type, text, thinking }: Fields) {
    if (type === 'text' && typeof text === 'string') prose.say('text', text)
    if (type === 'thinking') prose.say('reasoning', textOfDetails(list(thinking)))
  }

  /** OpenRouter's way to give images. */
  function readImage({ image_url }: Fields) {
    const { url } = record(image_url)
    if (typeof url !== 'string') return
    prose.close()
    addWhole({ type: 'image', source: decodeUrl(url) })
  }

  function addWhole(part: OpenPart) {
    const index = nextIndex()
    emit({ type: 'part-start', index, part })
    emit({ type: 'part-end', index })
  }

  function readLogprobs(logprobs: unknown) {
    const tokens = list(record(logprobs)['content'])
    if (tokens.length > 0) prose.addToText({ type: 'logprobs', logprobs: tokens })
  }

  /** For a call without an id: the same whenever this answer is read, and unlike those of other answers. */
  function madeUpId(call: GrowingCall, nth: number): string {
    const seed = JSON.stringify([id, created, nth, call.name, call.text])
    return `call_${createHash('sha256').update(seed).digest('hex').slice(0, 24)}`
  }

  /** Closes what is open and finishes. Throws `bad-upstream` if there was no answer, or one that the server broke off. */
  function end() {
    ended = true
    if (!started)
      throw new ProxyError('bad-upstream', 'The backend answered without an answer: there is no choice in it.')
    const failure = failures.get(rawReason ?? '')
    if (failure !== undefined) throw new ProxyError(failure, `The backend broke its answer off: ${rawReason ?? ''}.`)
    prose.close()
    calls.close()
    if (Object.keys(audio).length > 0) addWhole({ type: 'opaque', protocol: ID, raw: { audio } })
    emit({
      type: 'finish',
      reason: reason(),
      ...(stopSequence !== undefined && { stopSequence }),
      ...(rawReason !== undefined && { rawReason }),
      ...(usage !== undefined && { usage: decodeUsage(usage) }),
      ...more.take(),
    })
  }

  /** Servers say `stop` although tools are called, or nothing at all; and a refusal is no reason of its own here. */
  function reason(): StopReason {
    const told = rawReason === undefined ? 'end' : (stopReasons.get(rawReason) ?? 'other')
    if (told !== 'end') return told
    if (calls.any()) return 'tool-calls'
    if (prose.refused()) return 'refusal'
    return stopSequence === undefined ? 'end' : 'stop-sequence'
  }

  return {
    read,
    end,
    take,
    /** Whether the server has said why it stopped: then nothing is missing but, perhaps, its usage. */
    isTold: () => rawReason !== undefined,
    isEnded: () => ended,
  }
}

/** OpenAI's reasons, and those that other servers give for the same. */
const stopReasons: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'end'],
  ['end_turn', 'end'],
  ['eos', 'end'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  // Mistral.
  ['model_length', 'context-window'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
])

/** Reasons that are none: the server failed (OpenRouter and Mistral, DeepSeek, vLLM). */
const failures: ReadonlyMap<string, ErrorKind> = new Map([
  ['error', 'bad-upstream'],
  ['insufficient_system_resource', 'overloaded'],
  ['abort', 'bad-upstream'],
])

function firstChoice(choices: unknown): WireChoice | undefined {
  const found = list(choices).find(choice => (record(choice)['index'] ?? 0) === 0)
  return isRecord(found) ? found : undefined
}

function decodeCitation(annotation: Fields): Citation {
  if (annotation['type'] !== 'url_citation') return extras(annotation)
  const { url, title, start_index, end_index, content, ...rest } = record(annotation['url_citation'])
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof title === 'string' && { title }),
    ...(typeof content === 'string' && { quote: content }),
    ...(typeof start_index === 'number' && { start: start_index }),
    ...(typeof end_index === 'number' && { end: end_index }),
    ...extras(rest),
  }
}

/** Sound comes in pieces of base64 and of its transcript. */
function joinAudio(audio: Fields, piece: Fields): Fields {
  const joined: Record<string, unknown> = { ...audio, ...piece }
  for (const field of ['data', 'transcript']) {
    joined[field] = [audio[field], piece[field]].filter(value => typeof value === 'string').join('')
  }
  return joined
}

/** Fields of a chunk that are read, or that mean nothing elsewhere. */
const KNOWN_FIELDS = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'obfuscation'])

/** The other fields of the chunks, each told when it first comes or changes: servers repeat them in every chunk. */
function createMore() {
  const seen = new Map<string, unknown>()
  let fresh: Record<string, unknown> = {}
  return {
    note(chunk: Fields) {
      for (const name in chunk) {
        if (KNOWN_FIELDS.has(name)) continue
        const value = chunk[name]
        if (value === null || value === undefined || seen.get(name) === value) continue
        seen.set(name, value)
        fresh[name] = value
      }
    },
    take() {
      const taken = fresh
      fresh = {}
      return extras(taken)
    },
  }
}

type Emit = (event: StreamEvent) => void

/** The one part of text, thoughts or refusal that is open: such parts follow each other. */
function createProse(emit: Emit, nextIndex: () => number) {
  let open: { readonly type: 'text' | 'reasoning' | 'refusal'; readonly index: number } | undefined
  let details: Fields[] = []
  let refused = false

  function say(type: 'text' | 'reasoning' | 'refusal', text: string) {
    if (text !== '') emit({ type: 'part-delta', index: opened(type), delta: { type: 'text', text } })
  }

  function opened(type: 'text' | 'reasoning' | 'refusal'): number {
    if (open?.type === type) return open.index
    close()
    open = { type, index: nextIndex() }
    if (type === 'refusal') refused = true
    emit({ type: 'part-start', index: open.index, part: { type } })
    return open.index
  }

  /** Some models give their encrypted thoughts only when they have spoken: these are a part without text. */
  function addDetails(pieces: readonly unknown[]) {
    if (pieces.length === 0) return
    opened('reasoning')
    appendDetails(details, pieces)
  }

  function addToText(delta: Delta) {
    if (open?.type === 'text') emit({ type: 'part-delta', index: open.index, delta })
  }

  function close() {
    if (open === undefined) return
    const { index } = open
    if (details.length > 0) {
      const signature = { protocol: ID, value: JSON.stringify(details) }
      emit({ type: 'part-delta', index, delta: { type: 'signature', signature } })
      details = []
    }
    emit({ type: 'part-end', index })
    open = undefined
  }

  return { say, addDetails, addToText, close, refused: () => refused }
}

/** Tool calls, which stay open until the end of the answer, since pieces of several may come in any order. */
function createCallParts(emit: Emit, nextIndex: () => number, madeUpId: (call: GrowingCall, nth: number) => string) {
  const { calls, add: addPiece } = createCalls()
  const indices = new Map<GrowingCall, number>()
  const ids = new Set<string>()

  function add(wire: Fields, position: number) {
    const piece = readPiece(wire, position)
    const call = addPiece(piece)
    const known = indices.get(call)
    // A part opens with the call's name; until that has come the arguments wait.
    if (call.name === '') return
    const index = known ?? open(call)
    const text = known === undefined ? call.text : piece.text
    if (text !== '') emit({ type: 'part-delta', index, delta: { type: 'text', text } })
    const value = thoughtSignature(wire)
    if (value === undefined) return
    emit({ type: 'part-delta', index, delta: { type: 'signature', signature: { protocol: 'gemini', value } } })
  }

  function open(call: GrowingCall): number {
    const index = nextIndex()
    indices.set(call, index)
    if (call.id === '') call.id = madeUpId(call, calls.indexOf(call))
    const { name, kind } = call
    emit({ type: 'part-start', index, part: { type: 'tool-call', id: freeId(call.id, ids), name, kind } })
    return index
  }

  function close() {
    for (const call of calls) {
      const index = indices.get(call)
      if (index !== undefined) emit({ type: 'part-end', index })
      else if (call.text !== '')
        throw new ProxyError('bad-upstream', 'The backend’s answer calls a tool without a name.')
    }
  }

  return { add, close, any: () => indices.size > 0 }
}

function readPiece(wire: Fields, position: number): CallPiece {
  const { index, id, custom } = wire
  const kind = isRecord(custom) ? 'custom' : 'function'
  const { name, arguments: args, input } = record(isRecord(custom) ? custom : wire['function'])
  const text = kind === 'custom' ? input : args
  return {
    index: typeof index === 'number' ? index : position,
    id: typeof id === 'string' ? id : '',
    name: typeof name === 'string' ? name : '',
    // Ollama gives the arguments as an object.
    text: typeof text === 'string' ? text : isRecord(text) ? JSON.stringify(text) : '',
    kind,
  }
}

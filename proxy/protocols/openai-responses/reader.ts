import { unpack } from '../../core/carried.ts'
import { ProxyError } from '../../core/errors.ts'
import type { OpenPart, StopReason, StreamEvent } from '../../core/events.ts'
import { isRecord, list, nested, present, record, type Fields } from '../fields.ts'
import { createOutbox } from '../outbox.ts'
import { decodeCitation, decodeMadeImage } from './content.ts'
import { decodeStreamError } from './errors.ts'
import { itemId, ownId } from './ids.ts'
import { callFields } from './items.ts'
import { decodeUsage } from './usage.ts'
import { extras, ID, type WireEvent } from './wire.ts'

/**
 * Reads one answer, event by event. A whole answer is the response of a single last event, so that there is one reader with
 * one set of tolerances. Everything is said several times in this format (as deltas, when a piece is done, when its item is
 * done, and in the response at the end): what was not heard the first time is taken from any later one. Items are told apart
 * by their place in the output, since some servers change their ids from event to event. Items that only this format knows
 * wait until they are whole.
 */
export function createReader() {
  const events = createOutbox<StreamEvent>()
  const items = new Map<unknown, Item>()
  let latest: Item | undefined
  let started = false
  let ended = false
  let id = ''
  let parts = 0
  let hasCalled = false
  let refused = false

  /** Takes an event. Throws the error that it tells. */
  function read(event: WireEvent) {
    const { type } = event
    switch (type) {
      case 'response.output_text.delta':
        readText(itemOf(event, 'message'), event)
        break
      case 'response.output_text.done':
        complete(itemOf(event, 'message'), 'text', event.content_index, event['text'])
        break
      case 'response.output_text.annotation.added':
        cite(itemOf(event, 'message'), event.content_index, [event['annotation']])
        break
      case 'response.refusal.delta':
        say(itemOf(event, 'message'), 'refusal', event.content_index, event.delta)
        break
      case 'response.refusal.done':
        complete(itemOf(event, 'message'), 'refusal', event.content_index, event['refusal'])
        break
      case 'response.reasoning_summary_text.delta':
        say(itemOf(event, 'reasoning'), 'summary', event.summary_index, event.delta)
        break
      case 'response.reasoning_summary_text.done':
        complete(itemOf(event, 'reasoning'), 'summary', event.summary_index, event['text'])
        break
      case 'response.reasoning_summary_part.done':
        complete(itemOf(event, 'reasoning'), 'summary', event.summary_index, record(event.part)['text'])
        break
      case 'response.reasoning_text.delta':
        say(itemOf(event, 'reasoning'), 'content', event.content_index, event.delta)
        break
      case 'response.reasoning_text.done':
        complete(itemOf(event, 'reasoning'), 'content', event.content_index, event['text'])
        break
      case 'response.content_part.done':
        readPart(itemOf(event, 'message'), event.content_index, record(event.part))
        break
      case 'response.function_call_arguments.delta':
        argue(itemOf(event, 'function_call'), event.delta)
        break
      case 'response.function_call_arguments.done':
        argueWhole(itemOf(event, 'function_call'), event['arguments'])
        break
      case 'response.custom_tool_call_input.delta':
        argue(itemOf(event, 'custom_tool_call'), event.delta)
        break
      case 'response.custom_tool_call_input.done':
        argueWhole(itemOf(event, 'custom_tool_call'), event['input'])
        break
      case 'response.output_item.added':
        begin(placeOf(event), record(event.item))
        break
      case 'response.output_item.done':
        finishItem(placeOf(event), record(event.item))
        break
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        start(record(event.response))
        break
      case 'response.completed':
      case 'response.done':
      case 'response.incomplete':
      case 'response.cancelled':
        end(record(event.response), type)
        break
      case 'response.failed':
        throw decodeStreamError(record(event.response)['error'] ?? event)
      case 'error':
        throw decodeStreamError(event)
      default:
        if (isRecord(event['error'])) throw decodeStreamError(event)
        // Steps of the vendor's own tools, limits, padding: signs of life.
        if (started) events.push({ type: 'ping' })
    }
  }

  function start(response: Fields) {
    if (started) return
    started = true
    id = typeof response['id'] === 'string' ? response['id'] : ''
    const model = typeof response['model'] === 'string' ? response['model'] : ''
    events.push({ type: 'start', id, model, ...responseExtras(response) })
  }

  // ── Items ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  function placeOf({ output_index, item_id, item }: WireEvent): unknown {
    if (typeof output_index === 'number') return output_index
    const named = item_id ?? record(item)['id']
    const known = [...items.values()].findLast(({ fields }) => named !== undefined && fields['id'] === named)
    return known?.place ?? items.size
  }

  /** The item that an event belongs to; one whose beginning was never told begins here. */
  function itemOf(event: WireEvent, type: string): Item {
    if (event.output_index === undefined && event.item_id === undefined && latest !== undefined) return latest
    const place = placeOf(event)
    return items.get(place) ?? begin(place, { type, id: event.item_id })
  }

  function begin(place: unknown, fields: Fields): Item {
    const known = items.get(place)
    if (known !== undefined) return known
    start({})
    const type = isVendors(fields) ? OTHER : typeof fields['type'] === 'string' ? fields['type'] : OTHER
    const item: Item = { place, type, fields, told: new Map(), pieces: 0, cited: 0, done: false }
    items.set(place, item)
    latest = item
    if (isCall(item)) openCall(item)
    // What opens only when there is something to tell.
    else events.push({ type: 'ping' })
    return item
  }

  function finishItem(place: unknown, whole: Fields) {
    const item = items.get(place) ?? begin(place, whole)
    if (item.done) return
    item.done = true
    switch (item.type) {
      case 'message':
        for (const [at, part] of list(whole['content']).entries()) readPart(item, at, record(part))
        break
      case 'reasoning':
        for (const [at, piece] of list(whole['summary']).entries()) complete(item, 'summary', at, record(piece)['text'])
        for (const [at, piece] of list(whole['content']).entries()) complete(item, 'content', at, record(piece)['text'])
        prove(item, whole['encrypted_content'])
        break
      case 'function_call':
      case 'custom_tool_call':
        if (item.open === undefined) openCall(item, whole)
        argueWhole(item, whole[item.type === 'function_call' ? 'arguments' : 'input'])
        break
      default:
        addWhole(whole)
    }
    close(item)
  }

  /** An item of which no end was told: it has what it has. */
  function leave(item: Item) {
    if (isCall(item) && item.open === undefined && !item.done)
      throw new ProxyError('bad-upstream', 'The backend’s answer calls a tool without a name.')
    item.done = true
    close(item)
  }

  // ── Pieces of text and thoughts ────────────────────────────────────────────────────────────────────────────────────

  function readPart(item: Item, at: unknown, part: Fields) {
    switch (part['type']) {
      case 'output_text':
      case 'text':
        complete(item, 'text', at, part['text'])
        readLogprobs(item, item.hasLogprobs === true ? undefined : part['logprobs'])
        cite(item, at, list(part['annotations']).slice(item.cited))
        break
      case 'refusal':
        complete(item, 'refusal', at, part['refusal'])
        break
      case 'reasoning_text':
        complete(item, 'content', at, part['text'])
        break
    }
  }

  function readText(item: Item, { content_index, delta, logprobs }: WireEvent) {
    say(item, 'text', content_index, delta)
    readLogprobs(item, logprobs)
  }

  function say(item: Item, kind: Piece, at: unknown, text: unknown) {
    if (typeof text !== 'string' || text === '') return
    const key = keyOf(kind, at)
    item.told.set(key, (item.told.get(key) ?? '') + text)
    events.push({ type: 'part-delta', index: opened(item, kind, key), delta: { type: 'text', text } })
  }

  /** A piece as it reads in the end: what of it was not heard yet is said. */
  function complete(item: Item, kind: Piece, at: unknown, text: unknown) {
    if (typeof text === 'string') say(item, kind, at, rest(text, item.told.get(keyOf(kind, at))))
  }

  function opened(item: Item, kind: Piece, key: string): number {
    if (item.open?.key === key) return item.open.index
    close(item)
    const index = openPart(item, pieceOf(item, kind), kind === 'content' ? { content: true } : {})
    item.open = { index, key }
    if (kind === 'refusal') refused = true
    return index
  }

  function pieceOf(item: Item, kind: Piece): OpenPart {
    if (kind === 'text' || kind === 'refusal') return { type: kind }
    return {
      type: 'reasoning',
      ...(kind === 'summary' && { summary: true }),
      ...present({ itemId: ownId(item.fields['id']) }),
    }
  }

  /** Opens the next part of an item; the first has the item's fields, the others say that they belong to it. */
  function openPart(item: Item, part: OpenPart, own: Fields): number {
    const index = parts++
    const about = item.pieces++ === 0 ? nested('item', aboutItem(item)) : { continues: true }
    events.push({ type: 'part-start', index, part, ...extras({ ...own, ...about }) })
    return index
  }

  function aboutItem(item: Item): Fields {
    const { phase, id: own } = item.fields
    return present({ phase, id: item.type === 'reasoning' ? undefined : ownId(own) })
  }

  function readLogprobs(item: Item, logprobs: unknown) {
    const tokens = list(logprobs)
    if (tokens.length === 0 || item.open === undefined) return
    item.hasLogprobs = true
    events.push({ type: 'part-delta', index: item.open.index, delta: { type: 'logprobs', logprobs: tokens } })
  }

  function cite(item: Item, at: unknown, annotations: readonly unknown[]) {
    for (const annotation of annotations) {
      if (!isRecord(annotation)) continue
      item.cited++
      const index = opened(item, 'text', keyOf('text', at))
      events.push({ type: 'part-delta', index, delta: { type: 'citation', citation: decodeCitation(annotation) } })
    }
  }

  /** The token of a thought comes with its end; a thought without words is only that. */
  function prove(item: Item, token: unknown) {
    const index = item.open?.index ?? (item.pieces === 0 ? opened(item, 'summary', 'summary:0') : undefined)
    if (index === undefined || typeof token !== 'string' || token === '' || isEmptyToken(token)) return
    const encrypted = { protocol: ID, value: token }
    events.push({ type: 'part-delta', index, delta: { type: 'encrypted', encrypted } })
  }

  function close(item: Item) {
    if (item.open === undefined) return
    events.push({ type: 'part-end', index: item.open.index })
    delete item.open
  }

  // ── Calls ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A call opens with its name; a server that tells it late tells it with the call's end. */
  function openCall(item: Item, fields = item.fields) {
    const { call_id, name, namespace, arguments: _, input: __, type: ___, id: known, ...more } = fields
    if (typeof name !== 'string' || name === '') return
    hasCalled = true
    const index = parts++
    item.pieces++
    item.open = { index, key: CALL }
    events.push({
      type: 'part-start',
      index,
      part: {
        type: 'tool-call',
        id: idOf(call_id, known, item),
        name,
        kind: item.type === 'custom_tool_call' ? 'custom' : 'function',
        ...(typeof namespace === 'string' && { namespace }),
      },
      ...extras(nested('item', callFields({ ...more, status: undefined, id: ownId(known) }))),
    })
  }

  function idOf(callId: unknown, known: unknown, { place }: Item): string {
    if (typeof callId === 'string' && callId !== '') return callId
    return typeof known === 'string' && known !== '' ? known : itemId('function_call', id, Number(place))
  }

  function argue(item: Item, text: unknown) {
    if (typeof text !== 'string' || text === '' || item.open === undefined) return
    item.told.set(CALL, (item.told.get(CALL) ?? '') + text)
    events.push({ type: 'part-delta', index: item.open.index, delta: { type: 'text', text } })
  }

  function argueWhole(item: Item, text: unknown) {
    const whole = typeof text === 'string' ? text : isRecord(text) ? JSON.stringify(text) : ''
    argue(item, rest(whole, item.told.get(CALL)))
  }

  // ── Other items ────────────────────────────────────────────────────────────────────────────────────────────────────

  function addWhole(raw: Fields) {
    const image = raw['type'] === 'image_generation_call' ? decodeMadeImage(raw) : undefined
    const part: OpenPart =
      image === undefined ? { type: 'opaque', protocol: ID, raw } : { type: 'image', source: image.source }
    const index = parts++
    const own = image === undefined ? { isItem: true } : { item: image.rest }
    events.push({ type: 'part-start', index, part, ...extras(own) })
    events.push({ type: 'part-end', index })
  }

  // ── The end ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes from the whole answer what was not heard before, and finishes. Some servers leave its output empty. */
  function end(response: Fields, type: string) {
    start(response)
    const output = list(response['output'])
    const heard = new Set([...items.values()].flatMap(({ fields }) => [fields['id'], fields['call_id']]))
    for (const [at, raw] of output.entries()) {
      const item = record(raw)
      const known = items.get(at)
      if (known !== undefined) {
        if (known.type === item['type'] || isVendors(item)) finishItem(at, item)
      } else if (output.length > items.size && !heard.has(item['id'] ?? item['call_id'] ?? NOTHING)) {
        finishItem(at, item)
      }
    }
    for (const item of items.values()) leave(item)
    ended = true
    const { status, incomplete_details, usage } = response
    const { reason: told } = record(incomplete_details)
    const state = typeof status === 'string' ? status : type.slice('response.'.length)
    const rawReason = typeof told === 'string' ? told : state
    events.push({
      type: 'finish',
      reason: reasonOf(state, told),
      rawReason,
      ...(isRecord(usage) && { usage: decodeUsage(usage) }),
      ...responseExtras(response),
    })
  }

  /** There is no word here for calls and refusals: they are there. */
  function reasonOf(state: string, told: unknown): StopReason {
    if (told === 'max_output_tokens') return 'length'
    if (told === 'content_filter') return 'content-filter'
    if (state === 'cancelled') return 'cancelled'
    if (state === 'incomplete') return 'other'
    if (hasCalled) return 'tool-calls'
    return refused ? 'refusal' : 'end'
  }

  return {
    read,
    isEnded: () => ended,
    take: events.take,
  }
}

type Piece = 'text' | 'refusal' | 'summary' | 'content'

/** An item of the output, as far as it has come. */
interface Item {
  readonly place: unknown
  readonly type: string
  /** As it began. */
  readonly fields: Fields
  /** The part that is open for it. */
  open?: { readonly index: number; readonly key: string }
  /** What was said of each of its pieces. */
  readonly told: Map<string, string>
  /** How many parts have been opened for it. */
  pieces: number
  cited: number
  hasLogprobs?: boolean
  done: boolean
}

/** What a piece of an item is known by; servers that count no pieces have one. */
function keyOf(kind: Piece, at: unknown): string {
  return `${kind}:${typeof at === 'number' ? at : 0}`
}

/** What of a text was not told yet; nothing if it goes on from something else, since that can't be taken back. */
function rest(text: string, told = ''): string {
  return text.startsWith(told) ? text.slice(told.length) : ''
}

/** The piece that a call has. */
const CALL = 'call'
/** Stands for an item without an id. */
const NOTHING = Symbol('nothing')
/** An item that is known by no type of ours. */
const OTHER = 'other'

function isCall({ type }: Item): boolean {
  return type === 'function_call' || type === 'custom_tool_call'
}

/** xAI tells the steps of its own search as calls of custom tools. */
function isVendors({ type, call_id }: Fields): boolean {
  return type === 'custom_tool_call' && typeof call_id === 'string' && call_id.startsWith('xs_call')
}

/** Fields of a response that we know, that repeat the request, or that mean nothing elsewhere. */
const KNOWN_FIELDS = new Set(
  [
    'id object created_at completed_at status error incomplete_details model output output_text usage input',
    'instructions tools tool_choice parallel_tool_calls max_output_tokens max_tool_calls reasoning text truncation',
    'temperature top_p top_logprobs previous_response_id conversation prompt store background metadata user',
    'safety_identifier prompt_cache_key prompt_cache_retention prompt_cache_options',
  ].flatMap(names => names.split(' ')),
)

function responseExtras(response: Fields) {
  return extras(present(Object.fromEntries(Object.entries(response).filter(([name]) => !KNOWN_FIELDS.has(name)))))
}

/** What we write to clients where a thought has no token. */
function isEmptyToken(token: string): boolean {
  const carried = unpack(token)
  return carried !== undefined && Object.keys(carried).length === 1
}

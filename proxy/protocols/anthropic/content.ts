import { ProxyError } from '../../core/errors.ts'
import type { CacheMark, Citation, FilePart, ImagePart, Part, Source, TextPart } from '../../core/request.ts'
import { isRecord, nested, present, record, type Fields } from '../fields.ts'
import { typeOfData } from '../media.ts'
import { extras, ID, ours, type WireBlock } from './wire.ts'

/** Texts, images and documents: what stands in messages and in the results of tools alike. */

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type Wire<Type> = Extract<WireBlock, { type: Type }>
type ContentBlock = Wire<'text' | 'image' | 'document' | 'search_result' | 'opaque'>

/** Content as a list of parts. An empty string is no content: there is no part for it. */
export function decodeContent(content: string | readonly ContentBlock[]): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.map(decodeContentBlock)
}

export function decodeContentBlock(block: ContentBlock): Part {
  switch (block.type) {
    case 'text':
      return decodeText(block)
    case 'image': {
      const { type, source, cache_control, ...rest } = block
      return { type, source: decodeSource(source), ...decodeCache(cache_control, rest) }
    }
    case 'document':
      return decodeDocument(block)
    case 'search_result':
      return decodeSearchResult(block)
    case 'opaque':
      return { type: 'opaque', protocol: ID, raw: block.raw }
  }
}

function decodeText({ type, text, citations, cache_control, ...rest }: Wire<'text'>): TextPart {
  return {
    type,
    text,
    ...(citations != null && citations.length > 0 && { citations: citations.map(decodeCitation) }),
    ...decodeCache(cache_control, rest),
  }
}

/** What Anthropic tells beside a citation's words and address, such as where in which document they stand, rides along. */
export function decodeCitation({ url, title, cited_text, ...rest }: Fields): Citation {
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof title === 'string' && { title }),
    ...(typeof cited_text === 'string' && { quote: cited_text }),
    ...extras(rest),
  }
}

function decodeDocument({ type: _, source, title, cache_control, ...rest }: Wire<'document'>): FilePart {
  const named = title == null ? {} : { name: title }
  if (source.type !== 'content')
    return { type: 'file', source: decodeSource(source), ...named, ...decodeCache(cache_control, rest) }
  // A document in pieces: elsewhere it is the text of them.
  const text = typeof source.content === 'string' ? source.content : source.content.map(textOf).join('\n\n')
  return { type: 'file', source: { type: 'text', text }, ...named, ...decodeCache(cache_control, { ...rest, source }) }
}

/** A search result of the client's own: elsewhere it is its text. */
function decodeSearchResult(block: Wire<'search_result'>): TextPart {
  const { source, title, content, cache_control } = block
  const text = [title, source, ...content.map(textOf)].join('\n')
  return {
    type: 'text',
    text,
    ...decodeCache(cache_control, { search_result: { ...block, cache_control: undefined } }),
  }
}

function textOf({ text }: Fields): string {
  return typeof text === 'string' ? text : ''
}

function decodeSource(source: Exclude<Wire<'document'>['source'], { type: 'content' }>): Source {
  switch (source.type) {
    case 'base64':
      return { type: 'base64', mediaType: source.media_type, data: source.data }
    case 'url':
      return { type: 'url', url: source.url }
    case 'file':
      return { type: 'file-id', protocol: ID, id: source.file_id }
    case 'text':
      return { type: 'text', text: source.data }
  }
}

/** A mark of the prompt cache beside the fields that ride along; what the mark holds of its own is one of these. */
export function decodeCache(mark: Wire<'text'>['cache_control'], rest: Fields): Pick<TextPart, 'cache' | 'extras'> {
  if (mark == null) return extras(rest)
  const { type: _, ttl, ...own } = mark
  return { cache: ttl == null ? {} : { ttl }, ...extras({ ...rest, ...nested('cache_control', own) }) }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A block of content on the wire. */
export type Block = Fields & { readonly type: string }

/** A piece of content as blocks; nothing for empty text, which is refused, and for what only another protocol knows. */
export function encodeContent(part: Part): Block[] {
  switch (part.type) {
    case 'text':
      return encodeText(part)
    case 'refusal':
      return encodeText({ type: 'text', text: part.text })
    case 'image':
      return [encodeImage(part)]
    case 'file':
      return encodeFile(part)
    case 'audio':
      throw unsayable('audio')
    case 'opaque':
      return part.protocol === ID && isRecord(part.raw) ? [part.raw as Block] : []
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return []
  }
}

export function encodeText({ text, citations = [], cache, extras: own }: TextPart): Block[] {
  if (text.trim() === '') return []
  const { search_result, cache_control, ...rest } = ours(own)
  const mark = encodeCache(cache, cache_control)
  if (isRecord(search_result)) return [{ ...search_result, type: 'search_result', ...mark }]
  const cited = citations.flatMap(encodeCitation)
  return [{ ...rest, type: 'text', text, ...(cited.length > 0 && { citations: cited }), ...mark }]
}

/** A citation that goes back to Anthropic. Those of other vendors lack what it proves them by. */
function encodeCitation({ url, title, quote, extras: own }: Citation): Fields[] {
  const rest = ours(own)
  if (rest['type'] === undefined || rest['encrypted_index'] === '') return []
  return [{ ...rest, ...present({ url, title, cited_text: quote }) }]
}

const IMAGE_TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

function encodeImage({ source, cache, extras: own }: Omit<ImagePart, 'type'>): Block {
  const { cache_control, ...rest } = ours(own)
  return { ...rest, type: 'image', source: encodeImageSource(source), ...encodeCache(cache, cache_control) }
}

function encodeImageSource(source: Source): Fields {
  if (source.type === 'text') throw unsayable('an image given as text')
  if (source.type !== 'base64') return encodeReference(source, 'an image')
  const media_type = typeOfData(source.mediaType.toLowerCase(), source.data)
  if (!IMAGE_TYPES.includes(media_type)) throw unsayable(`an image of type ${source.mediaType}`)
  return { type: 'base64', media_type, data: source.data }
}

/** PDFs are documents, images are images, and all that is text is a document of plain text. */
function encodeFile({ source, name, cache, extras: own }: FilePart): Block[] {
  const { source: pieces, cache_control, ...rest } = ours(own)
  const fields = { ...rest, ...(name !== undefined && { title: name }), ...encodeCache(cache, cache_control) }
  const document = (from: unknown): Block[] => [{ ...fields, type: 'document', source: from }]

  if (isRecord(pieces)) return document(pieces)
  if (source.type === 'text') return source.text.trim() === '' ? [] : document(plainText(source.text))
  if (source.type !== 'base64') return document(encodeReference(source, 'a file'))
  const media_type = typeOfData(source.mediaType.toLowerCase(), source.data)
  if (media_type === 'application/pdf') return document({ type: 'base64', media_type, data: source.data })
  if (IMAGE_TYPES.includes(media_type)) return [encodeImage({ source, cache, extras: own })]
  if (/^text\/|[/+](json|xml|yaml|javascript|typescript|sql)$/.test(media_type))
    return document(plainText(Buffer.from(source.data, 'base64').toString()))
  throw unsayable(`a file of type ${source.mediaType}`)
}

function plainText(data: string): Fields {
  return { type: 'text', media_type: 'text/plain', data }
}

/** Something by its address or by Anthropic's own id of it. */
function encodeReference(source: Exclude<Source, { type: 'base64' | 'text' }>, what: string): Fields {
  if (source.type === 'url') {
    if (!/^https?:/i.test(source.url)) throw unsayable(`${what} with the address ${source.url.slice(0, 40)}`)
    return { type: 'url', url: source.url }
  }
  if (source.protocol !== ID) throw unsayable(`${what} uploaded to another vendor (${source.id})`)
  return { type: 'file', file_id: source.id }
}

/** A mark of the prompt cache, with what a client wrote into it of its own. */
export function encodeCache(cache: CacheMark | undefined, own: unknown): Fields {
  if (cache === undefined) return {}
  return {
    cache_control: { ...record(own), type: 'ephemeral', ...(cache.ttl !== undefined && { ttl: cache.ttl }) },
  }
}

/** For content whose loss would change what is asked. */
function unsayable(what: string): ProxyError {
  return new ProxyError('invalid-request', `This backend speaks Anthropic Messages, which can't carry ${what}.`)
}

import { ProxyError } from '../../core/errors.ts'
import type { CacheMark, Citation, FilePart, ImagePart, Part, Source, TextPart } from '../../core/request.ts'
import { isRecord, record, type Fields } from '../fields.ts'
import { decodeFileData, decodeUrl } from '../media.ts'
import { encodeUrl } from '../openai-chat/content.ts'
import type { Dialect } from './dialect.ts'
import { extras, ID, ours, type WirePart } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What stands in a message or in a tool's result. An empty string is no content. */
export function decodeContent(content: string | readonly WirePart[]): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.map(decodePart)
}

function decodePart(part: WirePart): Part {
  switch (part.type) {
    case 'input_text': {
      const { type: _, text, ...rest } = part
      return { type: 'text', text, ...decodeCache(rest), ...extras(rest) }
    }
    case 'output_text':
      return decodeOutputText(part)
    case 'input_image': {
      const { type: _, image_url, file_id, detail, ...rest } = part
      return {
        type: 'image',
        source: image_url == null ? { type: 'file-id', protocol: ID, id: file_id ?? '' } : decodeUrl(image_url),
        // What is meant anyway is not said.
        ...(detail != null && detail !== 'auto' && { detail }),
        ...decodeCache(rest),
        ...extras(rest),
      }
    }
    case 'input_file': {
      const { type: _, filename, file_data, file_url, file_id, ...rest } = part
      return {
        type: 'file',
        source: decodeFile(file_data, file_url, file_id),
        ...(filename != null && { name: filename }),
        ...decodeCache(rest),
        ...extras(rest),
      }
    }
    case 'input_audio': {
      const { type: _, input_audio, ...rest } = part
      const { data, format, ...audio } = input_audio
      return {
        type: 'audio',
        source: { type: 'base64', mediaType: format === 'mp3' ? 'audio/mpeg' : `audio/${format}`, data },
        ...extras({ ...rest, input_audio: audio }),
      }
    }
    case 'refusal': {
      const { type, refusal, ...rest } = part
      return { type, text: refusal, ...extras(rest) }
    }
    case 'opaque':
      return { type: 'opaque', protocol: ID, raw: part.raw }
  }
}

function decodeOutputText({
  type: _,
  text,
  annotations,
  logprobs,
  ...rest
}: Extract<WirePart, { type: 'output_text' }>): TextPart {
  return {
    type: 'text',
    text,
    ...(annotations != null && annotations.length > 0 && { citations: annotations.map(decodeCitation) }),
    ...(logprobs != null && logprobs.length > 0 && { logprobs }),
    ...extras(rest),
  }
}

function decodeFile(
  data: string | null | undefined,
  url: string | null | undefined,
  id: string | null | undefined,
): Source {
  if (data != null) return decodeFileData(data)
  return url == null ? { type: 'file-id', protocol: ID, id: id ?? '' } : { type: 'url', url }
}

function decodeCache(part: Fields): { cache?: CacheMark } {
  return part['prompt_cache_breakpoint'] == null ? {} : { cache: {} }
}

/** A place that the answer is drawn from: on the web, or, kept as it is, in a file. */
export function decodeCitation(annotation: Fields): Citation {
  if (annotation['type'] !== 'url_citation') return extras(annotation)
  const { type: _, url, title, start_index, end_index, ...rest } = annotation
  return {
    ...(typeof url === 'string' && { url }),
    // What some servers leave away others give as nothing.
    ...(typeof title === 'string' && title !== '' && { title }),
    ...(typeof start_index === 'number' && end_index !== 0 && { start: start_index }),
    ...(typeof end_index === 'number' && end_index !== 0 && { end: end_index }),
    ...extras(rest),
  }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A piece of content on the wire. */
export type Content = Fields & { readonly type: string }

/** A piece of what a user, a system prompt or a tool says; nothing for what is an item of its own, or another protocol's. */
export function encodeInput(part: Part, dialect: Dialect): Content[] {
  switch (part.type) {
    case 'text':
      return [{ ...own(part), type: 'input_text', text: part.text, ...encodeCache(part, dialect) }]
    case 'refusal':
      return [{ type: 'input_text', text: part.text }]
    case 'image':
      return [{ ...own(part), ...encodeImage(part), ...encodeCache(part, dialect) }]
    case 'file':
      return [{ ...encodeFile(part), ...encodeCache(part, dialect) }]
    case 'audio': {
      const { input_audio, ...rest } = ours(part.extras)
      if (!isRecord(input_audio) || part.source.type !== 'base64') throw unsayable('audio')
      const format = part.source.mediaType === 'audio/mpeg' ? 'mp3' : part.source.mediaType.slice('audio/'.length)
      return [{ ...rest, type: 'input_audio', input_audio: { ...input_audio, data: part.source.data, format } }]
    }
    case 'opaque':
      return part.protocol === ID && isRecord(part.raw) ? [part.raw as Content] : []
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return []
  }
}

function own(part: Part): Fields {
  const { prompt_cache_breakpoint: _, ...rest } = ours(part.extras)
  return rest
}

function encodeImage({ source, detail = 'auto' }: ImagePart): Content {
  const from = isOpenais(source) ? { file_id: source.id } : { image_url: encodeUrl(source, 'an image', unsayable) }
  return { type: 'input_image', ...from, detail }
}

/** Images given as files are images; what is text is text. */
function encodeFile(part: FilePart): Content {
  const { source, name } = part
  if (source.type === 'text') return { type: 'input_text', text: source.text }
  if (source.type === 'base64' && /^(video|audio)\//.test(source.mediaType))
    throw unsayable(`a file of type ${source.mediaType}`)
  const named = name === undefined ? {} : { filename: name }
  if (isOpenais(source)) return { ...own(part), type: 'input_file', file_id: source.id, ...named }
  if (source.type === 'url') return { ...own(part), type: 'input_file', file_url: source.url, ...named }
  return {
    ...own(part),
    type: 'input_file',
    file_data: encodeUrl(source, 'a file', unsayable),
    // OpenAI refuses data without a name.
    filename: name ?? 'file',
  }
}

/** Uploads belong to an account, not to one of OpenAI's two formats. */
function isOpenais(source: Source): source is Extract<Source, { type: 'file-id' }> {
  return source.type === 'file-id' && source.protocol.startsWith('openai-')
}

/** A mark of the prompt cache: the client's own as it wrote it, another format's where the server knows such marks. */
function encodeCache({ cache, extras: written }: Part, { cacheMarks }: Dialect): Fields {
  const { prompt_cache_breakpoint } = ours(written)
  if (prompt_cache_breakpoint != null) return { prompt_cache_breakpoint }
  return cache !== undefined && cacheMarks === true ? { prompt_cache_breakpoint: { mode: 'explicit' } } : {}
}

/** Content in its shortest form: a string if it is one plain text. */
export function shortest(parts: readonly Content[]): string | readonly Content[] {
  const [first] = parts
  if (first === undefined) return ''
  const isPlain = parts.length === 1 && first.type === 'input_text' && Object.keys(first).length === 2
  return isPlain ? String(first['text']) : parts
}

/** A text that the model said. */
export function encodeOutputText({ text, citations = [], logprobs = [], extras: written }: TextPart): Content {
  const { item: _, continues: __, ...rest } = ours(written)
  return { ...rest, type: 'output_text', text, annotations: citations.flatMap(encodeCitation), logprobs }
}

/** There is no word for a citation of what has no address, such as a document of the client's. */
export function encodeCitation({ url, title = '', start = 0, end = 0, extras: written }: Citation): Fields[] {
  const rest = ours(written)
  if (rest['type'] !== undefined) return [rest]
  if (url === undefined) return []
  return [{ ...rest, type: 'url_citation', start_index: start, end_index: end, url, title }]
}

/** An image that the model made: base64 in a call of the vendor's own tool. */
export function decodeMadeImage(item: Fields): { source: Source; rest: Fields } | undefined {
  const { result, output_format, ...rest } = item
  if (typeof result !== 'string' || result === '') return undefined
  const mediaType = `image/${typeof output_format === 'string' ? output_format : 'png'}`
  return { source: { type: 'base64', mediaType, data: result }, rest }
}

/** The way back from `decodeMadeImage`; nothing for an image that is not there as data. */
export function encodeMadeImage({ source, extras: written }: Pick<ImagePart, 'source' | 'extras'>): Fields | undefined {
  if (source.type !== 'base64') return undefined
  const { item } = ours(written)
  const format = source.mediaType.slice('image/'.length)
  return {
    status: 'completed',
    output_format: format,
    ...record(item),
    type: 'image_generation_call',
    result: source.data,
  }
}

/** For content whose loss would change what is asked. */
function unsayable(what: string): ProxyError {
  return new ProxyError('invalid-request', `This backend speaks Responses, which can't carry ${what}.`)
}

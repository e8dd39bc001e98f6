import { ProxyError } from '../../core/errors.ts'
import type {
  AudioPart,
  CacheMark,
  FilePart,
  ImagePart,
  OpaquePart,
  Part,
  Source,
  TextPart,
} from '../../core/request.ts'
import { isRecord, nested, record, type Fields } from '../fields.ts'
import { decodeFileData, decodeUrl } from '../media.ts'
import type { Dialect } from './dialect.ts'
import { extras, ID, ours, type WirePart } from './wire.ts'

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What stands in a message: texts, images, sounds and files. */
export function decodeContent(content: string | readonly WirePart[]): Part[] {
  return typeof content === 'string' ? textOf(content) : content.map(decodePart)
}

/** An empty string is no content: there is no part for it. */
function textOf(text: string): TextPart[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function decodePart(part: WirePart): Part {
  switch (part.type) {
    case 'text': {
      const { type, text, ...rest } = part
      return { type, text, ...decodeCache(rest), ...extras(rest) }
    }
    case 'image_url': {
      const { type: _, image_url, ...rest } = part
      const { url, detail, ...image } = image_url
      return {
        type: 'image',
        source: decodeUrl(url),
        ...(detail != null && { detail }),
        ...decodeCache(rest),
        ...extras({ ...rest, ...nested('image_url', image) }),
      }
    }
    case 'input_audio': {
      const { type: _, input_audio, ...rest } = part
      const { data, format, ...audio } = input_audio
      return {
        type: 'audio',
        source: { type: 'base64', mediaType: format === 'mp3' ? 'audio/mpeg' : `audio/${format}`, data },
        ...extras({ ...rest, ...nested('input_audio', audio) }),
      }
    }
    case 'file': {
      const { type, file, ...rest } = part
      const { file_data, file_id, filename, ...more } = file
      return {
        type,
        source: file_data == null ? { type: 'file-id', protocol: ID, id: file_id ?? '' } : decodeFileData(file_data),
        ...(filename != null && { name: filename }),
        ...decodeCache(rest),
        ...extras({ ...rest, ...nested('file', more) }),
      }
    }
    case 'refusal': {
      const { type, refusal, ...rest } = part
      return { type, text: refusal, ...extras(rest) }
    }
    case 'thinking':
      return {
        type: 'reasoning',
        text: part.thinking.map(({ text }) => text).join(''),
        ...extras({ field: part.type }),
      }
    case 'opaque':
      return { type: 'opaque', protocol: ID, raw: part.raw }
  }
}

/** Marks of the prompt cache: Anthropic's, through OpenRouter and LiteLLM, and OpenAI's own (gpt-5.6 and later). */
export function decodeCache(part: Fields): { cache?: CacheMark } {
  const mark = part['cache_control'] ?? part['prompt_cache_breakpoint']
  if (mark == null) return {}
  const { ttl } = record(mark)
  return { cache: ttl === '5m' || ttl === '1h' ? { ttl } : {} }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A piece of content on the wire. */
export type Content = Fields & { readonly type: string }

/** A piece of content; nothing for what has a place outside the content, and for what only another protocol knows. */
export function encodePart(part: Part, dialect: Dialect): Content[] {
  switch (part.type) {
    case 'text':
      return [{ ...ours(part.extras), type: 'text', text: part.text, ...encodeCache(part.cache, dialect) }]
    case 'image':
      return [encodeImage(part, dialect)]
    case 'audio':
      return [encodeAudio(part)]
    case 'file':
      return [encodeFile(part, dialect)]
    case 'opaque':
      return encodeOpaque(part)
    case 'reasoning':
    case 'refusal':
    case 'tool-call':
    case 'tool-result':
      return []
  }
}

function encodeImage({ source, detail, cache, extras: own }: ImagePart, dialect: Dialect): Content {
  const { image_url, ...rest } = ours(own)
  const url = { ...record(image_url), url: encodeUrl(source, 'an image'), ...(detail && { detail }) }
  return { ...rest, type: 'image_url', image_url: url, ...encodeCache(cache, dialect) }
}

function encodeAudio({ source, extras: own }: AudioPart): Content {
  const { input_audio, ...rest } = ours(own)
  if (source.type !== 'base64') throw unsayable('audio other than base64 data')
  const format = source.mediaType === 'audio/mpeg' ? 'mp3' : source.mediaType.replace(/^audio\/(x-)?/, '')
  return {
    ...rest,
    type: 'input_audio',
    input_audio: { ...record(input_audio), data: source.data, format },
  }
}

/** A plain text document is text; every other file goes as a data URL or by OpenAI's own id. */
function encodeFile({ source, name, cache, extras: own }: FilePart, dialect: Dialect): Content {
  const { file, ...rest } = ours(own)
  if (source.type === 'text') return { type: 'text', text: source.text, ...encodeCache(cache, dialect) }
  if (source.type === 'base64' && /^(video|audio)\//.test(source.mediaType))
    throw unsayable(`a file of type ${source.mediaType}`)
  const isOpenAi = source.type === 'file-id' && source.protocol.startsWith('openai-')
  return {
    ...rest,
    type: 'file',
    file: {
      ...record(file),
      ...(isOpenAi ? { file_id: source.id } : { file_data: encodeUrl(source, 'a file') }),
      // OpenAI refuses data without a name.
      ...(isOpenAi && name === undefined ? {} : { filename: name ?? 'file' }),
    },
    ...encodeCache(cache, dialect),
  }
}

function encodeOpaque({ protocol, raw }: OpaquePart): Content[] {
  return protocol === ID && isRecord(raw) ? [raw as Content] : []
}

/** The way back from `decodeUrl` (`media.ts`). Throws what `refuse` makes of a source that no URL can give. */
export function encodeUrl(source: Source, what: string, refuse = unsayable): string {
  switch (source.type) {
    case 'base64':
      return `data:${source.mediaType};base64,${source.data}`
    case 'url':
      return source.url
    case 'file-id':
      throw refuse(`${what} uploaded to another vendor (${source.id})`)
    case 'text':
      throw refuse(`${what} given as text`)
  }
}

/** A mark of the prompt cache, in the dialect's way. */
export function encodeCache(cache: CacheMark | undefined, { cacheMarks }: Dialect): Fields {
  if (cache === undefined || cacheMarks === undefined) return {}
  if (cacheMarks === 'prompt_cache_breakpoint') return { prompt_cache_breakpoint: { mode: 'explicit' } }
  return { cache_control: { type: 'ephemeral', ...(cache.ttl !== undefined && { ttl: cache.ttl }) } }
}

/** Content in its shortest form: a string if it is one plain text, or if texts have to be joined. */
export function shortest(
  parts: readonly Content[],
  { textParts = true }: Dialect,
  join = false,
): string | readonly Content[] {
  if (parts.length === 0) return ''
  const plain = parts.every(part => part.type === 'text' && Object.keys(part).length === 2)
  return plain && (parts.length === 1 || join || !textParts) ? parts.map(part => part['text']).join('\n\n') : parts
}

/** For content whose loss would change what is asked. */
function unsayable(what: string): ProxyError {
  return new ProxyError('invalid-request', `This backend speaks Chat Completions, which can't carry ${what}.`)
}

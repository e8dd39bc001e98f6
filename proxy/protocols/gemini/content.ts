import { ProxyError } from '../../core/errors.ts'
import type { Part, Source } from '../../core/request.ts'
import { isRecord, type Fields } from '../fields.ts'
import { typeOfData } from '../media.ts'
import { ID, ours } from './wire.ts'

/** Texts, images, sounds and files: what stands in contents and in the results of tools alike. */

// ── Decode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Something in the request itself. Base64 may be of the kind for addresses, which other vendors don't take. */
export function decodeBlob({ mimeType, data }: { readonly mimeType: string; readonly data: string }): Part {
  const standard = /[-_]/.test(data) ? data.replaceAll('-', '+').replaceAll('_', '/') : data
  return mediaPart({ type: 'base64', mediaType: mimeType, data: standard })
}

interface WireFile {
  readonly mimeType?: string | null | undefined
  readonly fileUri: string
}

/** Something by its address: one of the web, or one that only Google knows. */
export function decodeFile({ mimeType, fileUri }: WireFile): Part {
  const known = mimeType ?? undefined
  return mediaPart(
    /^https?:/.test(fileUri) && !/^https:\/\/generativelanguage\.googleapis\.com\//.test(fileUri)
      ? { type: 'url', url: fileUri, ...(known !== undefined && { mediaType: known }) }
      : { type: 'file-id', protocol: ID, id: fileUri, ...(known !== undefined && { mediaType: known }) },
  )
}

function mediaPart(source: Exclude<Source, { type: 'text' }>): Part {
  const type = source.mediaType ?? (source.type === 'url' ? typeOfAddress(source.url) : undefined) ?? ''
  if (type.startsWith('image/')) return { type: 'image', source }
  if (type.startsWith('audio/')) return { type: 'audio', source }
  return { type: 'file', source }
}

// ── Encode ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A piece of content as parts; nothing for empty text, which is refused, and for what only another protocol knows. */
export function encodeContent(part: Part): Fields[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ ...ours(part.extras), text: part.text }]
    case 'image':
    case 'audio':
    case 'file':
      return [{ ...ours(part.extras), ...encodeSource(part.source) }]
    case 'opaque':
      return part.protocol === ID && isRecord(part.raw) ? [part.raw] : []
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return []
  }
}

/** Where something comes from. Google fetches addresses of the web itself. */
export function encodeSource(source: Source): Fields {
  switch (source.type) {
    case 'base64':
      return { inlineData: { mimeType: typeOfData(source.mediaType, source.data), data: source.data } }
    case 'text':
      return { inlineData: { mimeType: 'text/plain', data: Buffer.from(source.text).toString('base64') } }
    case 'url': {
      const mimeType = source.mediaType ?? typeOfAddress(source.url)
      return { fileData: { ...(mimeType !== undefined && { mimeType }), fileUri: source.url } }
    }
    case 'file-id': {
      const { protocol, id, mediaType } = source
      if (protocol !== ID)
        throw new ProxyError(
          'invalid-request',
          `This backend speaks Gemini, which can't carry a file uploaded to another vendor (${id}).`,
        )
      return { fileData: { ...(mediaType !== undefined && { mimeType: mediaType }), fileUri: id } }
    }
  }
}

const typesByEnding: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['webm', 'video/webm'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['txt', 'text/plain'],
])

/** What an address leads to, by how it ends. */
function typeOfAddress(url: string): string | undefined {
  const ending = /\.([a-z0-9]+)(?:[?#].*)?$/i.exec(url)?.[1]
  return ending === undefined ? undefined : typesByEnding.get(ending.toLowerCase())
}

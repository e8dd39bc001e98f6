import type { Source } from '../core/request.ts'

/** Images and files as they stand in requests of every format: their data URLs, and what kind of file their data is. */

/** An image or file by its address, or by what a data URL holds. That may have parameters between type and data (RFC 2397). */
export function decodeUrl(url: string): Source {
  const data = /^data:([^;,]+)(?:;[^;,]*)*;base64,/i.exec(url)
  if (data?.[1] === undefined) return { type: 'url', url }
  return { type: 'base64', mediaType: data[1], data: url.slice(data[0].length) }
}

/** A file's data: a data URL by OpenAI's examples, the address that OpenRouter takes there, or bare base64 as clients send it. */
export function decodeFileData(data: string): Source {
  if (/^(data|https?):/.test(data)) return decodeUrl(data)
  return { type: 'base64', mediaType: typeOfData('application/octet-stream', data), data }
}

/** How the base64 of each kind of file begins. */
const signatures: readonly (readonly [beginning: RegExp, mediaType: string])[] = [
  [/^iVBORw0KGgo/, 'image/png'],
  [/^\/9j\//, 'image/jpeg'],
  [/^R0lGOD/, 'image/gif'],
  // Sounds begin with `RIFF`, too.
  [/^UklGR.{7}RUJQ/, 'image/webp'],
  [/^JVBERi0/, 'application/pdf'],
]

/** What a file is: what it shows itself to be, since clients guess and vendors look into it, else what it is told to be. */
export function typeOfData(told: string, data: string): string {
  const shown = signatures.find(([beginning]) => beginning.test(data))?.[1]
  return shown ?? (/^image\/jpg$/i.test(told) ? 'image/jpeg' : told)
}

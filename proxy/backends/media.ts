import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { ProxyError } from '../core/errors.ts'
import type { Message, Part, Request, Source } from '../core/request.ts'
import type { ProtocolId } from '../protocols/protocol.ts'
import { USER_AGENT } from '../version.ts'

/** Which addresses may be fetched for a client: those of the public network, any, or none. */
export type MediaRule = 'public' | 'any' | 'off'

/**
 * A request whose images and files stand in it wherever the protocol can't take their address: fetched for it, all at once. A
 * client could otherwise make us read what only this machine can reach, so that by default only public addresses are fetched.
 * Throws `invalid-request` that names the address and says why it could not be fetched.
 */
export async function withMedia(
  request: Request,
  protocol: ProtocolId,
  rule: MediaRule,
  signal: AbortSignal,
): Promise<Request> {
  if (!request.messages.some(({ parts }) => parts.some(part => wantsData(part, protocol)))) return request
  const messages = request.messages.map(async (message): Promise<Message> => {
    return { ...message, parts: await Promise.all(message.parts.map(part => inlined(part, protocol, rule, signal))) }
  })
  return { ...request, messages: await Promise.all(messages) }
}

async function inlined(part: Part, protocol: ProtocolId, rule: MediaRule, signal: AbortSignal): Promise<Part> {
  if (part.type === 'tool-result') {
    return { ...part, parts: await Promise.all(part.parts.map(inner => inlined(inner, protocol, rule, signal))) }
  }
  if (!isMedia(part) || part.source.type !== 'url' || !wantsData(part, protocol)) return part
  return { ...part, source: await fetched(part.source, rule, signal) }
}

type Media = Extract<Part, { type: 'image' | 'audio' | 'file' }>

function isMedia(part: Part): part is Media {
  return part.type === 'image' || part.type === 'audio' || part.type === 'file'
}

/** Whether the protocol takes only the content itself, where the client gave an address. */
function wantsData(part: Part, protocol: ProtocolId): boolean {
  if (part.type === 'tool-result') return part.parts.some(inner => wantsData(inner, protocol))
  if (!isMedia(part) || part.source.type !== 'url' || !/^https?:/i.test(part.source.url)) return false
  return !takesAddress[protocol](part, part.source.url)
}

/** Gemini reads its own uploads and videos of YouTube by address; of the others only Chat has no place for a file's. */
const takesAddress: Readonly<Record<ProtocolId, (part: Media, url: string) => boolean>> = {
  'openai-chat': ({ type }) => type === 'image',
  'openai-responses': ({ type }) => type !== 'audio',
  anthropic: ({ type }, url) => type !== 'audio' && url.startsWith('https:'),
  gemini: (_, url) => GOOGLES_OWN.test(url),
  'code-assist': (_, url) => GOOGLES_OWN.test(url),
}

const GOOGLES_OWN = /^https:\/\/(generativelanguage\.googleapis\.com\/|(www\.)?youtube\.com\/|youtu\.be\/)/

// ── Fetching ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const MOST_BYTES = 20 * 2 ** 20
const PATIENCE_MS = 20_000
const MOST_REDIRECTS = 3

async function fetched(
  source: Extract<Source, { type: 'url' }>,
  rule: MediaRule,
  signal: AbortSignal,
): Promise<Source> {
  const { url } = source
  if (rule === 'off') throw failed(url, 'this backend can’t, and server.fetch_media is off')
  const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  let address = url
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const answer = await getOnce(address, rule, within).catch((error: unknown) => {
      if (signal.aborted) throw new ProxyError('cancelled', 'the client hung up')
      throw failed(url, error instanceof Error ? error.message : String(error))
    })
    if (answer.redirect === undefined) {
      return { type: 'base64', mediaType: source.mediaType ?? answer.mediaType, data: answer.data.toString('base64') }
    }
    address = new URL(answer.redirect, address).href
  }
  throw failed(url, 'it redirects too often')
}

function failed(url: string, why: string): ProxyError {
  return new ProxyError(
    'invalid-request',
    `${url.slice(0, 200)} could not be fetched for the backend: ${why}. Send the content itself as base64.`,
    { code: 'invalid_image_url' },
  )
}

interface Got {
  readonly redirect?: string | undefined
  readonly mediaType: string
  readonly data: Buffer
}

function getOnce(address: string, rule: MediaRule, signal: AbortSignal): Promise<Got> {
  return new Promise((resolve, reject) => {
    const url = new URL(address)
    const name = url.hostname.replace(/^\[|\]$/g, '')
    if (rule === 'public' && isIP(name) !== 0 && isPrivate(name)) throw new Error(NOT_PUBLIC)
    const get = url.protocol === 'https:' ? getSecure : getPlain
    const options = {
      signal,
      headers: { 'user-agent': USER_AGENT, accept: '*/*' },
      ...(rule === 'public' && { lookup: publicOnly }),
    }
    get(url, options, response => {
      const { statusCode = 0, headers } = response
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.resume()
        resolve({ redirect: headers.location, mediaType: '', data: Buffer.alloc(0) })
        return
      }
      if (statusCode !== 200) {
        response.resume()
        reject(new Error(`the server answered with status ${statusCode}`))
        return
      }
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size > MOST_BYTES) response.destroy(new Error(`it is larger than ${MOST_BYTES / 2 ** 20} MiB`))
      })
      response.on('error', reject)
      response.on('end', () => {
        const [mediaType = ''] = (headers['content-type'] ?? 'application/octet-stream').split(';')
        resolve({ mediaType: mediaType.trim(), data: Buffer.concat(chunks) })
      })
    }).on('error', reject)
  })
}

const NOT_PUBLIC = 'its address is not public (server.fetch_media: any allows it)'

/** Resolves a name to public addresses alone, and so leaves no moment between the check and the connection. */
const publicOnly: LookupFunction = (name, options, done) => {
  lookup(name, { ...options, all: true }, (error, found) => {
    if (error !== null) {
      done(error, [])
      return
    }
    const open = found.filter(({ address }) => !isPrivate(address))
    const [first] = open
    if (first === undefined) done(new Error(NOT_PUBLIC), [])
    else if (options.all === true) done(null, open)
    else done(null, first.address, first.family)
  })
}

function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return isPrivate(mapped)
  return notPublic.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Networks that the public one does not route: RFC 6890, and the addresses of cloud machines' metadata among them. */
const notPublic = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv6')

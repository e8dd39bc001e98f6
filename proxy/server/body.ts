import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { ProxyError } from '../core/errors.ts'

/** The encodings of a request's body that we undo: Codex sends zstd, others gzip. */
const decoders: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/**
 * Reads a request's body whole, decompressed. Fails with `too-large` as soon as more than `limit` bytes are known to come,
 * `invalid-request` for an encoding we do not know or bytes that are not of it, and `cancelled` if the client hangs up.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (error: ProxyError | null, body?: Buffer) => void,
): void {
  if (Number(request.headers['content-length']) > limit) {
    done(tooLarge(limit))
    return
  }
  const encoding = request.headers['content-encoding']
  const decoder = encoding === undefined || encoding === 'identity' ? undefined : decoders[encoding]?.()
  if (encoding !== undefined && encoding !== 'identity' && decoder === undefined) {
    done(
      new ProxyError(
        'invalid-request',
        `The body's content-encoding ${JSON.stringify(encoding)} is not known. Send it plain, or as ${Object.keys(decoders).join(', ')}.`,
      ),
    )
    return
  }

  const source: Readable = decoder === undefined ? request : request.pipe(decoder)
  const chunks: Buffer[] = []
  let size = 0
  let settled = false

  function settle(error: ProxyError | null, body?: Buffer) {
    if (settled) return
    settled = true
    source.off('data', take)
    done(error, body)
  }
  function take(chunk: Buffer) {
    size += chunk.length
    if (size > limit) settle(tooLarge(limit))
    else chunks.push(chunk)
  }

  source.on('data', take)
  source.on('end', () => settle(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size)))
  source.on('error', cause => {
    settle(
      decoder === undefined
        ? new ProxyError('cancelled', 'the client hung up while sending its request', { cause })
        : new ProxyError('invalid-request', `The body is not valid ${encoding ?? ''}.`, { cause }),
    )
  })
  if (decoder !== undefined)
    request.on('error', cause =>
      settle(new ProxyError('cancelled', 'the client hung up while sending its request', { cause })),
    )
}

function tooLarge(limit: number): ProxyError {
  return new ProxyError(
    'too-large',
    `The request is larger than ${Math.round(limit / 2 ** 20)} MiB. Send less, or raise server.body_limit_mb.`,
  )
}

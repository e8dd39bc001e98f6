import { maskHeaders, maskText } from '../keys/mask.ts'
import type { CapturedBody } from './capture.ts'

/** Headers as Node takes and gives them. */
export type CapturedHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** A message between a client and us, as it went by: nothing in it is masked, so it stays in this process's memory. */
export interface CapturedMessage {
  readonly headers: CapturedHeaders
  readonly body: CapturedBody
}

export interface CapturedTurn {
  readonly request: CapturedMessage
  readonly response: CapturedMessage
}

/** A message for reading: masked, so it may be shown, exported and written to disk. */
export interface ReadableMessage {
  readonly headers: Readonly<Record<string, string>>
  /** `undefined` where the body is not text. */
  readonly text: string | undefined
  /** How many bytes went by. */
  readonly bytes: number
  /** Whether `text` is only the beginning of it. */
  readonly cut: boolean
}

export interface ReadableTurn {
  readonly request: ReadableMessage
  readonly response: ReadableMessage
}

/**
 * The one way out for captured messages. Masking reads every byte several times over, so it has no place on a turn's path: it is
 * done here, when someone reads a turn or the writer's thread is about to write it. What is not text can't be masked, and is left out.
 */
export function readable({ request, response }: CapturedTurn, knownSecrets: readonly string[]): ReadableTurn {
  return { request: readableMessage(request, knownSecrets), response: readableMessage(response, knownSecrets) }
}

function readableMessage({ headers, body }: CapturedMessage, knownSecrets: readonly string[]): ReadableMessage {
  const text = textOf(body.bytes)
  return {
    headers: readableHeaders(headers, knownSecrets),
    text: text === undefined ? undefined : maskText(text, knownSecrets),
    bytes: body.seen,
    cut: body.bytes.length < body.seen,
  }
}

/** Masked, and each as one text, however often it came. */
function readableHeaders(headers: CapturedHeaders, knownSecrets: readonly string[]): Record<string, string> {
  const readable: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const text = typeof value === 'number' ? String(value) : value
    const masked = maskHeaders({ [name]: text }, knownSecrets)[name]
    if (masked !== undefined) readable[name] = typeof masked === 'string' ? masked : masked.join(', ')
  }
  return readable
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    // As a stream, so that a character which the limit cut in two is no fault.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true })
  } catch {
    return undefined
  }
}

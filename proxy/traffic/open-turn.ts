import type { Cost } from '../core/cost.ts'
import type { ProxyError } from '../core/errors.ts'
import type { Usage } from '../core/events.ts'
import type { HeaderValues } from '../keys/mask.ts'
import type { ProtocolId } from '../protocols/protocol.ts'
import type { CapturedHeaders, CapturedMessage, CapturedTurn } from './bodies.ts'
import { captureWhole, createCapture, type Capture } from './capture.ts'
import { clientOf } from './client.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import type { TurnRecord } from './record.ts'

/** A turn while it lasts: whoever learns something of it notes it here. */
export interface OpenTurn extends Known, Mutable<Noted> {
  usage: Usage | undefined
  /** What of the request the backend's protocol has no words for. */
  dropped: readonly string[]
  /** What was tried before the answer, and the phases of one by two models, in order. */
  readonly attempts: TurnAttempt[]
  readonly breakOff: TurnFacts['breakOff']
  /** Whether it was broken off from the window, and not by its client. */
  isStopped: boolean
  /** Headers of the answer, for the capture. */
  responseHeaders: CapturedHeaders | undefined
  /** Where the answer's bytes go as they pass; `undefined` where bodies are not kept. */
  readonly responseCapture: Capture | undefined
  readonly requestCapture: CapturedMessage | undefined
  /** Milliseconds since the turn began, to the microsecond. */
  readonly elapsed: () => number
}

/** A try that did not become the answer, with its error; or what one of two models did for it, with what it used. */
export interface TurnAttempt {
  readonly backend: string
  readonly model: string
  /** The name of the credential, never the secret. */
  readonly credential?: string | undefined
  readonly phase?: 'thinking' | 'answer' | undefined
  readonly error?: string | undefined
  readonly tokensIn?: number | undefined
  readonly tokensOut?: number | undefined
  /** Whether the tokens are our guess, since the backend was given up before it told them. */
  readonly isEstimate?: boolean | undefined
  readonly cost?: Cost | undefined
}

/** What a turn begins with. */
export interface TurnFacts {
  readonly protocol: ProtocolId
  /** The request's head, as Node gives it. */
  readonly request: { readonly url?: string | undefined; readonly headers: HeaderValues }
  readonly body: Uint8Array
  /**
   * Ends the turn as its client's hang-up would. Given here and not set later, since V8 puts a function that is assigned to
   * a property where only full collections reach, and with it all of the turn that it sees.
   */
  readonly breakOff?: (() => void) | undefined
}

/** How a turn ended. */
export interface Ended {
  readonly error?: ProxyError | undefined
  /** Whether a stream stopped without its end mark. */
  readonly interrupted: boolean
  /** Whether the client hung up before the end. */
  readonly clientGone?: boolean | undefined
  readonly recovered?: 'retry' | 'fallback' | undefined
}

/** What is known when it has ended. */
export interface End {
  readonly durationMs: number
  readonly outcome: Outcome
  readonly error: string | undefined
}

/** A turn that begins now. Its bodies are kept where there is someone to ask for `room`. */
export function beginTurn(
  { protocol, request, body, breakOff }: TurnFacts,
  { id, at }: { readonly id: string; readonly at: number },
  room: ((bytes: number) => boolean) | undefined,
): OpenTurn {
  const startedAt = performance.now()
  const userAgent = firstOf(request.headers['user-agent'])
  return {
    id,
    at,
    frontend: protocol,
    path: pathOf(request.url ?? ''),
    client: clientOf(userAgent),
    userAgent,
    asked: undefined,
    backend: undefined,
    served: undefined,
    way: undefined,
    why: undefined,
    streamed: false,
    status: undefined,
    firstByteMs: undefined,
    firstTokenMs: undefined,
    usage: undefined,
    credential: undefined,
    dropped: [],
    attempts: [],
    session: undefined,
    cost: undefined,
    requestBytes: body.length,
    responseBytes: 0,
    stopReason: undefined,
    upstreamId: undefined,
    breakOff,
    isStopped: false,
    responseHeaders: undefined,
    requestCapture: room && { headers: request.headers, body: captureWhole(body, room) },
    responseCapture: room && createCapture(room),
    elapsed: () => Math.round((performance.now() - startedAt) * 1000) / 1000,
  }
}

/** The outcome of a turn that ended so. */
export function outcomeOfTurn({ status }: OpenTurn, ended: Ended): Outcome {
  const { error, interrupted, clientGone = false, recovered } = ended
  return outcomeOf({ error: error?.kind, status, clientGone, interrupted, recovered })
}

/** The record of a turn as it is now. The one place that makes them: the fields are in the order of `columns`. */
export function recordOf(turn: OpenTurn, end?: End): TurnRecord {
  const { usage } = turn
  return {
    id: turn.id,
    at: turn.at,
    frontend: turn.frontend,
    path: turn.path,
    client: turn.client,
    userAgent: turn.userAgent,
    asked: turn.asked,
    backend: turn.backend,
    served: turn.served,
    way: turn.way,
    why: turn.why,
    streamed: turn.streamed,
    outcome: end?.outcome,
    status: turn.status,
    firstByteMs: turn.firstByteMs,
    firstTokenMs: turn.firstTokenMs,
    durationMs: end?.durationMs,
    inputTokens: usage?.input,
    outputTokens: usage?.output,
    cacheReadTokens: usage?.cacheRead,
    cacheWriteTokens: usage?.cacheWrite,
    reasoningTokens: usage?.reasoning,
    requestBytes: turn.requestBytes,
    responseBytes: turn.responseBytes,
    stopReason: turn.stopReason,
    upstreamId: turn.upstreamId,
    error: end?.error,
    credential: turn.credential,
    dropped: turn.dropped.length === 0 ? undefined : turn.dropped.join(', '),
    attempts: turn.attempts.length === 0 ? undefined : JSON.stringify(turn.attempts),
    session: turn.session,
    cost: turn.cost,
  }
}

/** What was kept of a turn's bodies so far; `undefined` where they are not kept. */
export function capturedOf({ requestCapture, responseCapture, responseHeaders = {} }: OpenTurn) {
  if (requestCapture === undefined || responseCapture === undefined) return undefined
  const captured: CapturedTurn = {
    request: requestCapture,
    response: { headers: responseHeaders, body: responseCapture.kept() },
  }
  return captured
}

type Known = Pick<TurnRecord, 'id' | 'at' | 'frontend' | 'path' | 'client' | 'userAgent' | 'requestBytes'>

/** What becomes known in the course of a turn. */
type Noted = Pick<
  TurnRecord,
  | 'asked'
  | 'backend'
  | 'served'
  | 'way'
  | 'why'
  | 'streamed'
  | 'status'
  | 'firstByteMs'
  | 'firstTokenMs'
  | 'responseBytes'
  | 'stopReason'
  | 'upstreamId'
  | 'credential'
  | 'session'
  | 'cost'
>

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

function firstOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}

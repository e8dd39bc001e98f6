import type { TurnRecord } from '../traffic/record.ts'
import type { TurnRow } from './contract.ts'

/** A turn's record as the row of a list. */
export function turnRow(record: TurnRecord, words?: string): TurnRow {
  return {
    id: record.id,
    at: record.at,
    open: record.outcome === undefined,
    frontend: record.frontend,
    path: record.path,
    client: record.client,
    asked: record.asked ?? '',
    backend: record.backend,
    served: record.served,
    way: record.way,
    why: record.why,
    streamed: record.streamed,
    outcome: record.outcome,
    status: record.status,
    firstByteMs: record.firstByteMs,
    firstTokenMs: record.firstTokenMs,
    durationMs: record.durationMs,
    tokensIn: record.inputTokens,
    tokensOut: record.outputTokens,
    cacheRead: record.cacheReadTokens,
    cacheWrite: record.cacheWriteTokens,
    reasoning: record.reasoningTokens,
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    stopReason: record.stopReason,
    upstreamId: record.upstreamId,
    error: record.error,
    credential: record.credential,
    dropped: record.dropped,
    attempts: record.attempts === undefined ? [] : (JSON.parse(record.attempts) as TurnRow['attempts']),
    session: record.session,
    cost: record.cost,
    words,
  }
}

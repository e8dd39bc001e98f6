import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { onTestFinished, vi } from 'vitest'
import { configSchema, type TrafficConfig } from '../../../proxy/config/schema.ts'
import { insertTurn, openDatabase, transact } from '../../../proxy/traffic/database.ts'
import { createJournal, storeLimits, type Journal, type JournalDeps } from '../../../proxy/traffic/journal.ts'
import type { TurnFacts } from '../../../proxy/traffic/open-turn.ts'
import type { TurnRecord } from '../../../proxy/traffic/record.ts'
import { createStore, type StoreDeps } from '../../../proxy/traffic/store.ts'

// A thread takes a moment to start, and long where many tests run beside it.
vi.setConfig({ testTimeout: 30_000 })

/** For `expect.poll`: what happens by itself, on a slow machine too. */
export const soon = { timeout: 20_000 }

/** A folder that is gone when the test is over. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'traffic-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export function trafficConfig(changes: Partial<TrafficConfig> = {}): TrafficConfig {
  return { ...configSchema.parse({}).traffic, ...changes }
}

/** A store of its own, closed when the test is over. It keeps turns of any age, since those of `closedTurn` are old. */
export function startStore(file: string, changes: Partial<StoreDeps> = {}) {
  const store = createStore({ file, limits: storeLimits(trafficConfig({ retention_days: 3650 })), ...changes })
  onTestFinished(() => store.close())
  return store
}

/** A journal over a store, both closed when the test is over. */
export function startJournal(file: string, config: Partial<TrafficConfig> = {}, changes: Partial<JournalDeps> = {}) {
  const traffic = trafficConfig(config)
  const store = startStore(file, { limits: storeLimits(traffic), knownSecrets: changes.knownSecrets })
  return { store, journal: createJournal({ store, config: traffic, ...changes }) }
}

/** What a chat client sends. */
export function chatFacts(body = '{}', headers: Record<string, string> = {}): TurnFacts {
  const request = { url: '/v1/chat/completions', headers: { 'user-agent': 'OpenAI/JS 7.57.0', ...headers } }
  return { protocol: 'openai-chat', request, body: Buffer.from(body) }
}

/** A turn that opens and closes at once, answered with `answer`. Gives its id. */
export function runTurn(journal: Journal, answer = '', body?: string): string {
  const turn = journal.open(chatFacts(body))
  turn.status = 200
  turn.responseBytes = answer.length
  turn.responseCapture?.append(Buffer.from(answer))
  journal.close(turn, { interrupted: false })
  return turn.id
}

/** A closed turn's record; `n` makes its id, so that a larger one is a later turn. */
export function closedTurn(n: number, changes: Partial<TurnRecord> = {}): TurnRecord {
  return {
    id: `01JD5Z8QK3${String(n).padStart(16, '0')}`,
    at: 1_732_340_000_000 + n,
    frontend: 'openai-chat',
    path: '/v1/chat/completions',
    client: 'openai-node',
    userAgent: 'OpenAI/JS 7.57.0',
    asked: 'gpt-x',
    backend: 'openai',
    served: 'gpt-x',
    way: 'relayed',
    why: 'same protocol, nothing to change',
    streamed: true,
    outcome: 'ok',
    status: 200,
    firstByteMs: 3.25,
    firstTokenMs: 4.5,
    durationMs: 12.125,
    inputTokens: 120,
    outputTokens: 30,
    cacheReadTokens: 0,
    cacheWriteTokens: undefined,
    reasoningTokens: undefined,
    requestBytes: 1024,
    responseBytes: 2048,
    stopReason: 'stop',
    upstreamId: 'req_1',
    error: undefined,
    credential: undefined,
    dropped: undefined,
    attempts: undefined,
    session: undefined,
    cost: undefined,
    ...changes,
  }
}

/** A log with these turns in it, begun without a writer's thread and left open. */
export function beginLog(file: string, turns: readonly TurnRecord[]): DatabaseSync {
  const db = openDatabase(file)
  onTestFinished(() => {
    if (db.isOpen) db.close()
  })
  transact(db, () => {
    const insert = db.prepare(insertTurn)
    for (const turn of turns) {
      const values = Object.values(turn) as (string | number | boolean | undefined)[]
      insert.run(...values.map(value => (typeof value === 'boolean' ? Number(value) : (value ?? null))))
    }
  })
  return db
}

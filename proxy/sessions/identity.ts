import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Part, Request } from '../core/request.ts'

/** By what a turn's conversation is recognised. */
export interface Identity {
  readonly key: string
  readonly owner: string
  /** Where it was found: `x-session-id`, `body.session_id`, `conversation` … */
  readonly from: string
  /** Whether this turn begins the conversation; known only of one that is told by its beginning. */
  readonly isStart?: boolean | undefined
}

/** Whose a session is: a digest of the local key that the client sent, so that no key reaches another's sessions. */
export function ownerOf(localKey: string | undefined): string {
  return localKey === undefined || localKey === '' ? '' : digest('owner', localKey)
}

/**
 * Headers in which clients tell their conversation, the surest first: ours and opencode's, Claude Code's, Codex's (newer
 * ones with hyphens).
 */
const idHeaders = [
  'x-session-id',
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'thread-id',
  'conversation_id',
  'x-session-affinity',
] as const

/** The conversation's id as the client tells it outside the body: in a header, a cookie or the address. */
export function identityInHead(headers: IncomingHttpHeaders, url: string, owner: string): Identity | undefined {
  for (const name of idHeaders) {
    const value = headers[name]
    if (typeof value === 'string' && isId(value)) return explicit(value, name, owner)
  }
  const cookie = /(?:^|;)\s*session_id=([^;\s]+)/.exec(headers.cookie ?? '')?.[1]
  if (cookie !== undefined && isId(cookie)) return explicit(cookie, 'cookie', owner)
  const query = url.includes('?') ? new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('session_id') : null
  return query !== null && isId(query) ? explicit(query, 'query', owner) : undefined
}

/** Whether a conversation that was told so is told without its body. */
export function isToldInHead(from: string): boolean {
  return from === 'cookie' || from === 'query' || idHeaders.some(name => name === from)
}

/** The conversation's id as the client tells it in the parsed body. */
export function identityInBody(body: unknown, owner: string): Identity | undefined {
  for (const [from, find] of bodyPlaces) {
    const value = find(body)
    if (value !== undefined && isId(value)) return explicit(value, from, owner)
  }
  return undefined
}

const bodyPlaces: readonly (readonly [string, (body: unknown) => string | undefined])[] = [
  ['body.session_id', body => text(at(body, 'session_id'))],
  ['extra_body.session_id', body => text(at(at(body, 'extra_body'), 'session_id'))],
  ['request.session_id', body => text(at(at(body, 'request'), 'session_id'))],
  ['metadata.session_id', body => text(at(at(body, 'metadata'), 'session_id'))],
  ['client_metadata.session_id', body => text(at(at(body, 'client_metadata'), 'session_id'))],
  ['metadata.user_id', body => sessionInUserId(text(at(at(body, 'metadata'), 'user_id')))],
  ['prompt_cache_key', body => unique(text(at(body, 'prompt_cache_key')))],
]

/** Claude Code packs its session into `user_id`: as JSON, in older versions as `user_…_account_…_session_UUID`. */
function sessionInUserId(userId: string | undefined): string | undefined {
  if (userId === undefined) return undefined
  const older = /_session_([0-9a-f-]{36})$/.exec(userId)?.[1]
  if (older !== undefined || !userId.startsWith('{')) return older
  try {
    return text(at(JSON.parse(userId), 'session_id'))
  } catch {
    return undefined
  }
}

/**
 * Codex and opencode make a cache key for each conversation; other programs share one between all of theirs, so that only
 * what can't have been thought up counts.
 */
function unique(cacheKey: string | undefined): string | undefined {
  return /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|ses_\w{20,})$/i.test(cacheKey ?? '') ? cacheKey : undefined
}

/**
 * A conversation told by its beginning, for clients that send no id: the client's name, and all that the user says before
 * the first answer. Clients send both unchanged with every turn.
 */
export function identityOfConversation(request: Request, headers: IncomingHttpHeaders, owner: string): Identity {
  const firstAnswer = request.messages.findIndex(({ role }) => role === 'assistant')
  const isStart = firstAnswer === -1
  const beginning = isStart ? request.messages : request.messages.slice(0, firstAnswer)
  const client = /^[^\s/(]*/.exec(headers['user-agent'] ?? '')?.[0] ?? ''
  const said = beginning.filter(({ role }) => role === 'user').flatMap(({ parts }) => parts.flatMap(wordsOf))
  return { key: digest('conversation', owner, client, ...said), owner, from: 'conversation', isStart }
}

/** What a part says that stays the same from turn to turn: not its marks for caching, which move. */
function wordsOf(part: Part): string[] {
  if (part.type === 'text') return isReminder(part.text) ? [] : [part.text]
  return 'source' in part ? [JSON.stringify(part.source)] : []
}

/** Reminders that agents add and take away between turns (Qwen Code's date, Claude Code's lists of tools). */
function isReminder(said: string): boolean {
  return /^\s*<system-reminder>[\s\S]*<\/system-reminder>\s*$/.test(said)
}

function explicit(value: string, from: string, owner: string): Identity {
  return { key: digest('id', owner, value), owner, from }
}

/** Whatever a client says on purpose, if it is short enough not to be something else. */
function isId(value: string): boolean {
  return value !== '' && value.length <= 256
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Of several texts, none of which can run into the next. */
function digest(...texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const one of texts) hash.update(`${one.length}:`).update(one)
  return hash.digest('hex').slice(0, 32)
}

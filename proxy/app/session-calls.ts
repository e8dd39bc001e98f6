import { changedIn } from '../commands/changes.ts'
import { changeSession } from '../commands/change-session.ts'
import { CommandError, type CommandContext } from '../commands/command.ts'
import { commands } from '../commands/index.ts'
import { settings } from '../commands/settings.ts'
import { inWords } from '../routing/route.ts'
import type { ServerState } from '../server/state.ts'
import { commandContext } from '../server/talk.ts'
import { routingOf, withOverrides, type Session } from '../sessions/session.ts'
import type { Input, Output, SessionDetail, SessionRow } from './contract.ts'
import type { AppParts } from './parts.ts'
import type { createSessionTitles } from './session-titles.ts'

type Titles = ReturnType<typeof createSessionTitles>

/** The conversations that are known, the last seen first. */
export async function listSessions(
  { sessions }: AppParts,
  titles: Titles,
  { limit, text = '' }: Input<'sessions.list'>,
): Promise<Output<'sessions.list'>> {
  const all = sessions.list()
  const wanted = text.trim().toLowerCase()
  const matching = wanted === '' ? all : all.filter(session => searched(session, titles).includes(wanted))
  const shown = matching.slice(0, limit)
  await titles.read(shown.map(({ id }) => id))
  return { sessions: shown.map(session => rowOf(session, titles)), matching: matching.length, known: all.length }
}

/** All of one conversation, and where its next turn would go. */
export async function readSession(parts: AppParts, titles: Titles, id: string): Promise<SessionDetail | null> {
  const session = parts.sessions.get(id)
  if (session === undefined) return null
  await titles.read([id])
  const state = parts.proxy()?.state()
  return {
    session: rowOf(session, titles),
    route: state === undefined ? undefined : routeOf(state, session),
    settings: settings.map(({ name, help, takes }) => ({ name, help, takes })),
  }
}

/** Changes something in a conversation as the command for it would, or takes it back. */
export function setInSession(parts: AppParts, { id, ...change }: Input<'sessions.change'>): Output<'sessions.change'> {
  const session = parts.sessions.get(id)
  if (session === undefined) return gone(id)
  const state = parts.proxy()?.state()
  if (state === undefined)
    return { ok: false, reason: 'Start the proxy first: what can be set depends on its backends.' }
  try {
    parts.sessions.keepChanged(changeSession(session, change, contextOf(state, session)))
    return { ok: true }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { ok: false, reason: sentence(error.message) }
  }
}

/** Takes back all that is changed in a conversation. */
export function clearSession({ sessions }: AppParts, { id }: Input<'sessions.clear'>): Output<'sessions.clear'> {
  const session = sessions.get(id)
  if (session === undefined) return gone(id)
  // How commands began is still to be found in its history.
  const { formerPrefixes = [], prefix } = session.overrides
  const former = [...formerPrefixes, ...(prefix === undefined ? [] : [prefix])]
  sessions.keepChanged(
    withOverrides({ ...session, overrides: {} }, { formerPrefixes: former.length === 0 ? undefined : former }),
  )
  return { ok: true }
}

export function forgetSession({ sessions }: AppParts, { id }: Input<'sessions.forget'>): Output<'sessions.forget'> {
  return sessions.forget(id) ? { ok: true } : gone(id)
}

function gone(id: string) {
  return { ok: false, reason: `There is no session ${id} any more.` } as const
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`
}

function contextOf(state: ServerState, session: Session): CommandContext {
  const about = { asked: session.last?.asked ?? '', client: session.client, protocol: session.last?.protocol }
  const { prefix = state.config.commands.prefix } = session.overrides
  return { ...commandContext(state, about), asked: about.asked, prefix, commands }
}

function routeOf({ plan }: ServerState, session: Session): SessionDetail['route'] {
  const asking = { client: session.client, protocol: session.last?.protocol, session: routingOf(session) }
  const { asked, steps, route, error } = plan.explain(session.last?.asked ?? '', asking)
  return { asked, steps: [...steps], to: route && inWords(route), by: route?.by, error }
}

function rowOf(session: Session, titles: Titles): SessionRow {
  const { id, client, from, startedAt, seenAt, overrides, usage, last } = session
  return {
    id,
    title: titles.of(id),
    client,
    from,
    project: overrides.project,
    projectDir: overrides.projectDir,
    asked: last?.asked,
    startedAt,
    seenAt,
    turns: usage.turns,
    errors: usage.errors,
    tokensIn: usage.input,
    tokensOut: usage.output,
    cost: usage.cost,
    unpriced: usage.unpriced,
    covered: usage.covered,
    models: [...usage.models],
    changed: [...changedIn(overrides)],
  }
}

function searched({ id, client, overrides, usage, last }: Session, titles: Titles): string {
  const changes = changedIn(overrides).map(({ name, value }) => `${name} ${value}`)
  return [id, client, titles.of(id), last?.asked, ...usage.models, ...changes].join(' ').toLowerCase()
}

import type { Backend } from '../backends/backend.ts'
import { layOver, whyChanged } from '../commands/lay-over.ts'
import { sessionIn } from '../commands/mark.ts'
import { mayHoldCommand } from '../commands/may-hold.ts'
import { obey, type ObeyContext } from '../commands/obey.ts'
import { stopLoops } from '../commands/stop-loops.ts'
import type { Config } from '../config/schema.ts'
import { once } from '../core/once.ts'
import type { Reply } from '../core/reply.ts'
import type { Request } from '../core/request.ts'
import type { Plan } from '../routing/plan.ts'
import { factsOf } from '../routing/facts.ts'
import type { Asking as Circumstances } from '../routing/look.ts'
import { targetsOf, textOfTarget, type Route } from '../routing/route.ts'
import { identityInBody, identityInHead, identityOfConversation, ownerOf, type Identity } from '../sessions/identity.ts'
import { routingOf, type Session } from '../sessions/session.ts'
import type { SessionStore } from '../sessions/session-store.ts'
import type { OpenTurn } from '../traffic/open-turn.ts'
import { parseJson } from '../wire/json.ts'
import type { createAccess } from './access.ts'
import type { Asked } from './answering/asked.ts'
import type { Exchange } from './answering/exchange.ts'
import { hostsOf } from './answering/openai-url.ts'

/** What hearing commands needs of the program. */
export interface TalkDeps {
  readonly config: Config
  readonly plan: Plan
  readonly sessions: SessionStore
  readonly access: Pick<ReturnType<typeof createAccess>, 'localKey'>
  readonly backends: ReadonlyMap<string, Backend>
  readonly findFolder: ObeyContext['findFolder']
}

/** A turn once its commands are run and its session is known. */
export interface Heard {
  /** What is asked of a model: the client's body as it came, where neither commands nor a session change it. */
  readonly asked: Asked
  /** The session it belongs to, if that is remembered. */
  readonly session?: Session | undefined
  /** What its client calls the conversation, where that is told outside the body: it is remembered from this turn on. */
  readonly identity?: Identity | undefined
  /** Our own answer, where the user spoke to us alone. */
  readonly local?: { readonly request: Request; readonly reply: Reply } | undefined
}

/**
 * Runs the commands in a turn, and lays over it what its session has said before. One search of its bytes tells whether there
 * may be commands in it; only then, or where a session could concern it that can be told by nothing but the body, is it read.
 */
export function hear(deps: TalkDeps, exchange: Exchange, asked: Asked, turn: OpenTurn): Heard {
  const { config, sessions, access } = deps
  const { request: incoming, body, protocol } = exchange
  const owner = ownerOf(access.localKey(incoming))
  const inHead = identityInHead(incoming.headers, incoming.url ?? '', owner)
  const { mode } = config.commands
  const identityInside = once(() => identityInBody(parseJson(body), owner))
  const mayRecall = mode !== 'off' && protocol.id === 'openai-responses' && body.includes('"previous_response_id"')

  if (!mayHoldTalk(deps, body)) {
    const session = inHead === undefined ? sessionOfBody() : sessions.find(inHead)
    return { ...underSession(mayRecall ? recalled(session) : asked, session), identity: inHead }
  }

  const request = asked.request()
  const identity = identityOf(request)
  const known = named(request) ?? sessions.find(identity)
  const before = known ?? sessions.open(identity, turn.client)
  const obeyed = obey(request, before, contextOf(deps, exchange, { asked, turn, request }))
  const isCompaction = exchange.door === 'compact'
  const session = obeyed.session !== before || (mode === 'enabled' && obeyed.said.length > 0) ? obeyed.session : known
  if (session !== undefined && obeyed.said.length > 0 && !isCompaction) sessions.keep(session)
  if (obeyed.reply !== undefined && !isCompaction) {
    return { asked, session, local: { request, reply: obeyed.reply } }
  }
  return {
    ...underSession(obeyed.request === request ? asked : changed(asked, obeyed.request), session),
    identity: inHead,
  }

  function identityOf(request: Request): Identity {
    return inHead ?? identityInside() ?? identityOfConversation(request, incoming.headers, owner)
  }

  /** Where nothing else tells a conversation, our own answers in it do. */
  function named(request: Request): Session | undefined {
    if (inHead !== undefined || identityInside() !== undefined) return undefined
    const id = sessionIn(request.messages)
    return id === undefined ? undefined : sessions.named(id, owner)
  }

  /** A body that can't be read is the backend's to refuse. */
  function sessionOfBody(): Session | undefined {
    if (!sessions.mayConcern(owner)) return undefined
    try {
      const request = asked.request()
      return named(request) ?? sessions.find(identityOf(request))
    } catch {
      return undefined
    }
  }

  /** The conversation before a response that the client names holds what was said to us in it. */
  function recalled(session: Session | undefined): Asked {
    const clean = () => {
      const request = asked.request()
      const before = session ?? sessions.open(identityOf(request), turn.client)
      return obey(request, before, contextOf(deps, exchange, { asked, turn, request })).request
    }
    return { ...asked, request: once(clean) }
  }
}

/** Whether a body may hold commands, or answers of ours. */
export function mayHoldTalk({ config, sessions }: Pick<TalkDeps, 'config' | 'sessions'>, body: Buffer): boolean {
  const { mode, prefix } = config.commands
  return mode !== 'off' && mayHoldCommand(body, [prefix, ...sessions.prefixes()])
}

/** What is asked with the session's own changes over it. */
function underSession(asked: Asked, session: Session | undefined): Heard {
  if (session === undefined) return { asked }
  const why = whyChanged(session.overrides)
  if (why === undefined) return { asked, session }
  return {
    asked: {
      ...asked,
      request: once(() => layOver(asked.request(), session.overrides)),
      bodyFor: () => undefined,
      changed: why,
      ...(session.overrides.loopDetection === true && { guard: stopLoops }),
    },
    session,
  }
}

function changed(asked: Asked, request: Request): Asked {
  return { ...asked, request: () => request, bodyFor: () => undefined, changed: 'talk with the proxy was cut out' }
}

function contextOf(
  deps: TalkDeps,
  { protocol, door }: Exchange,
  { asked, turn, request }: { readonly asked: Asked; readonly turn: OpenTurn; readonly request: Request },
): ObeyContext {
  const { config } = deps
  // What is to be made short is history: its last words were obeyed when they were said.
  const commands = door === 'compact' ? ({ ...config.commands, mode: 'strip' } as const) : config.commands
  const about = { asked: asked.model, client: turn.client, protocol: protocol.id, facts: () => factsOf(request) }
  return { ...commandContext(deps, about), config: { ...config, commands } }
}

/** What commands may know of the program, for turns that ask for a model in these circumstances. */
export function commandContext(
  { config, plan, findFolder, backends }: Pick<TalkDeps, 'config' | 'plan' | 'findFolder' | 'backends'>,
  { asked, ...from }: { readonly asked: string } & Omit<Circumstances, 'session'>,
): ObeyContext {
  const { lock_static_route: isLocked } = config.routing
  return {
    config,
    findFolder,
    lockedBy: isLocked && config.static_route !== undefined ? 'routing.lock_static_route' : undefined,
    routeNames: Object.keys(config.failover_routes),
    isKnownHost: host => hostsOf(backends).has(host),
    route(session) {
      const { route, error } = plan.explain(asked, { ...from, session: routingOf(session) })
      return route === undefined ? { fault: error ?? 'It goes nowhere.' } : { to: inWords(route) }
    },
  }
}

function inWords(route: Route): string {
  return targetsOf(route)
    .map(textOfTarget)
    .join(route.kind === 'chain' ? ', then ' : ' and ')
}

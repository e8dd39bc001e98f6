import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Params } from '../core/selector-params.ts'
import { noUsage, usageSchema, type SessionUsage } from './session-usage.ts'

/** What is remembered of a conversation between its turns. */
export interface Session {
  /** Our name of it: twelve hexadecimal digits. Our own answers in the conversation carry it. */
  readonly id: string
  /** What its turns are recognised by: a digest of the client's own id of it, or of how it began. */
  readonly key: string
  /** Whose it is: a digest of the local key it was opened with; empty where none is needed. */
  readonly owner: string
  /** What told it from others: `x-session-id`, `metadata.user_id`, `conversation` … */
  readonly from: string
  /** The client's short name, where it is known. */
  readonly client?: string | undefined
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly seenAt: number
  readonly overrides: Overrides
  readonly usage: SessionUsage
  /** What its client asked for last, by which it can be told where it would go. */
  readonly last?: LastTurn | undefined
}

/** What of a turn decides where the next one like it goes. */
export interface LastTurn {
  /** The model as the client named it. */
  readonly asked: string
  readonly protocol: string
}

/** What commands changed in a conversation. Absent is as without the command. */
export interface Overrides {
  /** A selector for the next turn alone. */
  readonly oneOff?: string | undefined
  /** A backend's id; the client's model is asked of it. */
  readonly backend?: string | undefined
  /** A model, or any selector, in place of the client's model. */
  readonly model?: string | undefined
  /** Named failover routes of this conversation's own. One without elements leads nowhere yet. */
  readonly routes?: Readonly<Record<string, FailoverRoute>> | undefined
  /** In place of what the client and the selector say. */
  readonly params?: Params | undefined
  /** The reasoning mode that was asked for last. */
  readonly mode?: string | undefined
  /** Text in front of and behind what the user says, from a reasoning mode. */
  readonly promptPrefix?: string | undefined
  readonly promptSuffix?: string | undefined
  /** The base URL of the backends of type `openai`. */
  readonly openaiUrl?: string | undefined
  readonly project?: string | undefined
  readonly projectDir?: string | undefined
  /** How commands begin here. */
  readonly prefix?: string | undefined
  /** How they began here before, which the replayed history still shows. */
  readonly formerPrefixes?: readonly string[] | undefined
  /** `false`: commands are cut out unrun, but for the one that turns them on again. */
  readonly interactive?: boolean | undefined
  readonly redactKeys?: boolean | undefined
  readonly loopDetection?: boolean | undefined
}

export interface FailoverRoute {
  readonly policy: 'k' | 'm' | 'km' | 'mk'
  readonly elements: readonly string[]
}

/** A conversation of which nothing is known yet. */
export function newSession(found: Pick<Session, 'key' | 'owner' | 'from' | 'client'>, now: number): Session {
  const { key, owner, from, client } = found
  const id = randomBytes(6).toString('hex')
  return { id, key, owner, from, client, startedAt: now, seenAt: now, overrides: {}, usage: noUsage }
}

/** A session with some of its overrides changed; `undefined` takes one away. */
export function withOverrides(session: Session, changes: Overrides): Session {
  const overrides = Object.entries({ ...session.overrides, ...changes }).filter(([, value]) => value !== undefined)
  return { ...session, overrides: Object.fromEntries(overrides) }
}

/** A session with some parameters set; `undefined` takes one away. */
export function withParams(session: Session, changes: Params): Session {
  const params = Object.entries({ ...session.overrides.params, ...changes }).filter(([, value]) => value !== undefined)
  return withOverrides(session, { params: params.length === 0 ? undefined : Object.fromEntries(params) })
}

export function isOverridden({ overrides }: Session): boolean {
  return Object.keys(overrides).length > 0
}

/** What of a session says where its turns go, for the plan. Routes without elements lead nowhere and are left out. */
export function routingOf({ overrides: { oneOff, backend, model, routes = {} }, usage }: Session) {
  const whole = Object.entries(routes).map(([name, { policy, elements }]) => [
    name,
    { policy, elements: [...elements] },
  ])
  const led = whole.filter(([, route]) => typeof route === 'object' && route.elements.length > 0)
  return {
    ...(oneOff !== undefined && { oneOff }),
    ...(backend !== undefined && { backend }),
    ...(model !== undefined && { model }),
    ...(led.length > 0 && {
      routes: Object.fromEntries(led) as Record<string, { policy: FailoverRoute['policy']; elements: string[] }>,
    }),
    isFirst: usage.turns === 0,
  }
}

const text = z.string()

/** A session as it is kept in a file; what an older or newer program wrote beside it is dropped. */
export const sessionSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  key: text,
  owner: text,
  from: text,
  client: text.optional(),
  startedAt: z.number(),
  seenAt: z.number(),
  overrides: z.object({
    oneOff: text.optional(),
    backend: text.optional(),
    model: text.optional(),
    routes: z.record(text, z.object({ policy: z.enum(['k', 'm', 'km', 'mk']), elements: z.array(text) })).optional(),
    params: z
      .object({
        temperature: z.number().optional(),
        top_p: z.number().optional(),
        top_k: z.number().optional(),
        max_tokens: z.number().optional(),
        reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).optional(),
        verbosity: z.enum(['low', 'medium', 'high']).optional(),
        thinking_budget: z.number().optional(),
        seed: z.number().optional(),
        stop: z.array(text).optional(),
      })
      .optional(),
    mode: text.optional(),
    promptPrefix: text.optional(),
    promptSuffix: text.optional(),
    openaiUrl: text.optional(),
    project: text.optional(),
    projectDir: text.optional(),
    prefix: text.optional(),
    formerPrefixes: z.array(text).optional(),
    interactive: z.boolean().optional(),
    redactKeys: z.boolean().optional(),
    loopDetection: z.boolean().optional(),
  }),
  usage: usageSchema,
  last: z.object({ asked: text, protocol: text }).optional(),
}) satisfies z.ZodType<Session>

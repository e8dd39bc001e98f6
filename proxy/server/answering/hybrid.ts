import { setTimeout as sleep } from 'node:timers/promises'
import { modelAt } from '../../backends/backend.ts'
import { toProxyError } from '../../core/errors.ts'
import type { Events, StreamEvent, Usage } from '../../core/events.ts'
import { hash } from '../../core/names.ts'
import type { Request } from '../../core/request.ts'
import { nameOfTarget, type HybridRoute, type Target } from '../../routing/route.ts'
import type { Ended, TurnAttempt } from '../../traffic/open-turn.ts'
import { answerWith } from './answer.ts'
import { admitted } from './admission.ts'
import type { AnswerDeps, Asking } from './asking.ts'
import { asks, requestFor } from './attempt.ts'
import { costAt } from './cost.ts'
import { credentialFor } from './credential-for.ts'
import { createThoughts } from './thoughts.ts'

/**
 * Answers a turn with two models. The first one thinks, and is given up as soon as it has: what it thought is shown to the client
 * as thoughts, and put before the second one, which answers. Calls of tools by the first are the answer. Thinking that fails
 * or takes too long is left out, in the turns that follow as well.
 */
export async function answerFromHybrid(deps: AnswerDeps, asking: Asking, route: HybridRoute): Promise<Ended> {
  const { turn, asked } = asking
  turn.way = 'translated'
  turn.backend = route.actor.backend.id
  turn.served = route.actor.model
  deps.journal.changed(turn)
  const request = asked.request()
  const result = await answerWith(deps, asking, { request, mayGoOn: false }, signal =>
    thinkAndAct(deps, asking, route, signal),
  )
  return 'refused' in result ? result.tell() : result
}

/** What came of the thinking. */
interface Thought {
  readonly text: string
  readonly usage: Usage
  readonly isEstimate: boolean
  /** How many parts the client has been told. */
  readonly parts: number
  /** Whether the answer has begun, and whether it is over: tools were called. */
  readonly begun: boolean
  readonly over: boolean
}

const NOTHING: Thought = {
  text: '',
  usage: { input: 0, output: 0 },
  isEstimate: false,
  parts: 0,
  begun: false,
  over: false,
}

async function* thinkAndAct(deps: AnswerDeps, asking: Asking, route: HybridRoute, signal: AbortSignal): Events {
  const { turn } = asking
  const asked = asking.asked.request()
  const conversation = conversationOf(turn.client, route, asked)
  const names = { thinks: nameOfTarget(route.reasoner), acts: nameOfTarget(route.actor) }
  const mayThink = wantsThinking(deps, conversation, asked)
  const thought = mayThink ? yield* think(deps, asking, route, conversation, signal) : NOTHING
  turn.why = mayThink
    ? `${names.thinks} thought (${thought.usage.input} tokens in, ${thought.usage.output} out), ${names.acts} answered`
    : `${names.acts} answered without ${names.thinks}, whose turn it is not`
  if (thought.over) return

  await admitted(deps, asking, route.actor, ms => sleep(ms, undefined, { signal }))
  const { credential, seen } = await credentialFor(deps, route.actor)
  turn.credential = credential?.name
  const request = withThoughts(requestFor(route.actor, asked), thought.text)
  const calm: Request = { ...request, reasoning: request.reasoning ?? { effort: 'low' } }
  for await (const batch of await asks(deps, asking, { target: route.actor, credential, seen }, calm, signal)) {
    for (const event of batch) {
      if (event.type !== 'finish') continue
      const done = { phase: 'answer', credential: credential?.name, usage: event.usage } as const
      turn.attempts.push(phaseOf(deps, route.actor, done))
    }
    const events = batch.flatMap(event => afterThoughts(event, thought))
    if (events.length > 0) yield events
  }
}

/** What one of the two models did, for the turn's record, with what that cost. */
function phaseOf(deps: AnswerDeps, { backend, model }: Target, { usage, ...done }: Done): TurnAttempt {
  return {
    backend: backend.id,
    model,
    ...done,
    ...(usage !== undefined && {
      tokensIn: usage.input,
      tokensOut: usage.output,
      cost: costAt(deps, backend, modelAt(backend, model), usage),
    }),
  }
}

interface Done extends Pick<TurnAttempt, 'phase' | 'credential' | 'error' | 'isEstimate'> {
  /** Nothing where it failed before its first word. */
  readonly usage: Usage | undefined
}

/** The answer's events behind those of the thoughts: one opening, parts counted on, and the usage of both. */
function afterThoughts(event: StreamEvent, { begun, parts, usage }: Thought): StreamEvent[] {
  switch (event.type) {
    case 'start':
      return begun ? [] : [event]
    case 'part-start':
    case 'part-delta':
    case 'part-end':
      return [{ ...event, index: event.index + parts }]
    case 'finish':
      return [{ ...event, usage: event.usage && sum(usage, event.usage) }]
    case 'ping':
      return [event]
  }
}

function sum(one: Usage, other: Usage): Usage {
  return { ...other, input: one.input + other.input, output: one.output + other.output }
}

// ── Thinking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

async function* think(
  deps: AnswerDeps,
  asking: Asking,
  { reasoner }: HybridRoute,
  conversation: string,
  signal: AbortSignal,
): AsyncGenerator<readonly StreamEvent[], Thought> {
  const { hybrid } = deps.config
  const startedAt = performance.now()
  const enough = new AbortController()
  const patience = setTimeout(() => enough.abort(), hybrid.thinking_timeout * 1000)
  const thoughts = createThoughts()
  const request = requestFor(reasoner, asking.asked.request())
  let name: string | undefined
  let why: string | undefined
  try {
    const hard: Request = {
      ...request,
      stream: true,
      reasoning: { effort: 'high', ...request.reasoning, visible: true },
    }
    const within = AbortSignal.any([signal, enough.signal])
    await admitted(deps, asking, reasoner, ms => sleep(ms, undefined, { signal: within }))
    const { credential, seen } = await credentialFor(deps, reasoner)
    name = credential?.name
    for await (const batch of await asks(deps, asking, { target: reasoner, credential, seen }, hard, within)) {
      const told = batch.flatMap(thoughts.read)
      if (told.length > 0) yield told
      if (thoughts.isOver()) break
    }
  } catch (thrown) {
    const error = toProxyError(thrown)
    // A call that breaks off half-way is no thought to go on from.
    if (signal.aborted || thoughts.hasCalled()) throw error
    why = enough.signal.aborted ? `it thought for longer than ${hybrid.thinking_timeout} s` : error.message
    deps.pauses.pause(conversation, hybrid.backoff_turns)
  } finally {
    clearTimeout(patience)
    enough.abort()
  }
  if (performance.now() - startedAt > hybrid.slow_after * 1000) deps.pauses.pause(conversation, hybrid.backoff_turns)
  const last = thoughts.end()
  if (last.length > 0) yield last
  const thought = thoughts.summary(request)
  const { usage, isEstimate } = thought
  const done = { phase: 'thinking', credential: name, error: why, ...(isEstimate && { isEstimate }) } as const
  asking.turn.attempts.push(phaseOf(deps, reasoner, { ...done, usage: thought.begun ? usage : undefined }))
  return thought
}

// ── Whether there is thinking ────────────────────────────────────────────────────────────────────────────────────────

function wantsThinking({ config, pauses }: AnswerDeps, conversation: string, { messages }: Request): boolean {
  const turns = messages.filter(({ role }) => role === 'assistant').length + 1
  if (turns <= config.hybrid.first_turns) return true
  return !pauses.isPaused(conversation) && Math.random() < config.hybrid.probability
}

/** A conversation by what it began with: the same client goes on with the same words. */
function conversationOf(client: string, { reasoner }: HybridRoute, { messages }: Request): string {
  return [client, nameOfTarget(reasoner), hash(JSON.stringify(messages[0]?.parts ?? []))].join('/')
}

// ── What the second model is told ────────────────────────────────────────────────────────────────────────────────────

/** Thoughts as an instruction: every format has a place for one. */
function withThoughts(request: Request, thoughts: string): Request {
  if (thoughts.trim() === '') return request
  const text = `Another model has thought about this request before you. Weigh its thoughts, keep what holds, and answer or act yourself:\n\n<thinking>\n${thoughts.trim()}\n</thinking>`
  return { ...request, system: [...request.system, { text, origin: 'system' }] }
}

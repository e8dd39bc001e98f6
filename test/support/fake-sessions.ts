import type { Handlers, SessionDetail, SessionRow } from '../../proxy/app/contract.ts'
import { seededRandom } from './fake-turns.ts'

const clients = ['Claude Code', 'Codex', 'opencode', 'Claude Code'] as const
const titles = [
  'Why does the parser drop the last frame?',
  'Move the retry path into a file of its own',
  'Write the release notes for 0.9',
  undefined,
  'The flaky test in the window suite: find what it waits for',
  'Compare both migrations and say which one is safer',
] as const
const models = ['openai:gpt-5.6-terra', 'openrouter:anthropic/claude-sonnet-5', 'openai:o5'] as const

/** Made-up conversations, the last seen first. The same seed gives the same. */
export function fakeSessions(count: number, now: number, seed = 1): SessionRow[] {
  const random = seededRandom(seed)
  let seenAt = now
  return Array.from({ length: count }, (_, i): SessionRow => {
    seenAt -= Math.round(random() * 3_600_000)
    const turns = 1 + Math.round(random() * 80)
    const model = models[Math.floor(random() * models.length)] ?? models[0]
    const isCovered = random() < 0.3
    return {
      id: i.toString(16).padStart(12, '0'),
      title: titles[Math.floor(random() * titles.length)],
      client: clients[Math.floor(random() * clients.length)],
      from: 'x-session-id',
      project: undefined,
      projectDir: random() < 0.4 ? '~/code/parser' : undefined,
      asked: model.replace(/^\w+:/, ''),
      startedAt: seenAt - turns * 60_000,
      seenAt,
      turns,
      errors: random() < 0.2 ? 1 : 0,
      tokensIn: turns * 18_400,
      tokensOut: turns * 640,
      cost: isCovered ? 0 : turns * 0.021,
      unpriced: !isCovered && random() < 0.2 ? 1 : 0,
      covered: isCovered ? turns : 0,
      models: random() < 0.3 ? [model, models[0]] : [model],
      changed: random() < 0.25 ? [{ kind: 'setting', name: 'model', value: 'gpt-5.6-terra-mini' }] : [],
    }
  })
}

const settings: SessionDetail['settings'] = [
  { name: 'backend', help: 'the backend that the conversation’s turns go to', takes: 'the id of a backend' },
  {
    name: 'model',
    help: 'the model that is asked, in place of the client’s',
    takes: 'a model, backend:model, or any selector; nothing takes it away',
  },
  {
    name: 'temperature',
    help: 'temperature of the model, whatever the client and the selector say',
    takes: 'a number from 0 to 2',
  },
  {
    name: 'reasoning-effort',
    help: 'reasoning-effort of the model, whatever the client and the selector say',
    takes: 'one of none, minimal, low, medium, high, xhigh, max; maximum is high',
  },
]

type SessionCalls = Pick<Handlers, Extract<keyof Handlers, `sessions.${string}`>>

/** The calls of sessions over made-up ones, which `changed` is told of. */
export function sessionCalls(sessions: SessionRow[], changed: () => void): SessionCalls {
  const at = (id: string) => sessions.findIndex(session => session.id === id)
  const gone = { ok: false, reason: 'There is no such session any more.' } as const

  function put(id: string, change: (session: SessionRow) => SessionRow | undefined) {
    const session = sessions[at(id)]
    if (session === undefined) return gone
    const next = change(session)
    sessions.splice(at(id), 1, ...(next === undefined ? [] : [next]))
    changed()
    return { ok: true } as const
  }

  return {
    'sessions.list': ({ limit, text = '' }) => {
      const matching = sessions.filter(({ title = '', client = '', models: all, id }) =>
        [title, client, id, ...all].join(' ').toLowerCase().includes(text.toLowerCase()),
      )
      return { sessions: matching.slice(0, limit), matching: matching.length, known: sessions.length }
    },
    'sessions.get': ({ id }) => {
      const session = sessions[at(id)]
      if (session === undefined) return null
      const model = session.changed.find(({ name }) => name === 'model')?.value ?? session.asked ?? ''
      return {
        session,
        route: {
          asked: session.asked ?? '',
          to: `goes to openai:${model}`,
          by: session.changed.length > 0 ? 'command of the session' : 'default backend',
          steps: ['one-off command: no decision', `default backend: goes to openai:${model}`],
        },
        settings: [...settings],
      }
    },
    'sessions.change': ({ id, kind, name, value }) => {
      if (name === 'temperature' && !(Number(value ?? 1) <= 2)) {
        return { ok: false, reason: `Temperature must be a number from 0 to 2, not "${value ?? ''}".` }
      }
      return put(id, session => ({
        ...session,
        changed: [
          ...session.changed.filter(other => other.kind !== kind || other.name !== name),
          ...(value === undefined ? [] : [{ kind, name, value }]),
        ],
      }))
    },
    'sessions.clear': ({ id }) => put(id, session => ({ ...session, changed: [] })),
    'sessions.forget': ({ id }) => put(id, () => undefined),
  }
}

import { knownBackends } from '../app/parts.ts'
import { changesIn } from '../commands/changes.ts'
import { loadConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import { createSessionStore, type SessionStore } from '../sessions/session-store.ts'
import type { Session } from '../sessions/session.ts'
import { costInWords, counted, usageInWords } from '../sessions/session-usage.ts'
import { parseOptions, UsageError, type Terminal, type Verb } from './args.ts'
import { placeOptions, placesOf } from './world.ts'

const options = { ...placeOptions, json: { type: 'boolean' } } as const

/**
 * `sessions` lists the conversations that are known; `show ID` tells all of one, `forget ID` takes back what
 * was changed in it. A proxy that runs reads the same file, and goes by it from the next turn on.
 */
export const sessions: Verb = async (args, terminal) => {
  const { values, positionals } = parseOptions(args, options, { atMost: 2 })
  const [action = 'list', id] = positionals
  const json = values.json === true
  try {
    const store = await openStore(placesOf(terminal, values), terminal)
    try {
      return act(store, { action, id, json }, terminal)
    } finally {
      store.close()
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    terminal.err.write(`${error.message}\n`)
    return 2
  }
}

interface Order {
  readonly action: string
  readonly id: string | undefined
  readonly json: boolean
}

function act(store: SessionStore, { action, id, json }: Order, { out, err }: Terminal): number {
  if (action === 'list') {
    const all = store.list()
    if (json) out.write(`${JSON.stringify({ sessions: all.map(plain) }, null, 2)}\n`)
    else out.write(all.length === 0 ? 'No conversation is known yet.\n' : all.map(inOneLine).join(''))
    return 0
  }
  if (action !== 'show' && action !== 'forget')
    throw new UsageError('Say `sessions`, `sessions show ID` or `sessions forget ID`.')
  if (id === undefined) throw new UsageError(`Name the session: lip sessions ${action} ID`)
  const session = store.get(id)
  if (session === undefined) {
    err.write(`There is no session ${id}. \`lip sessions\` lists them.\n`)
    return 1
  }
  if (action === 'show') {
    out.write(json ? `${JSON.stringify(plain(session), null, 2)}\n` : whole(session))
    return 0
  }
  store.forget(id)
  out.write(`Session ${id} is forgotten: its next turn goes as the client asks.\n`)
  return 0
}

async function openStore(
  { configFile: file, configRequired: required, sessionsFile }: ReturnType<typeof placesOf>,
  { env, err }: Terminal,
): Promise<SessionStore> {
  const { config } = await loadConfig({ file, required, env, flags: {}, knownBackends })
  return createSessionStore({
    file: sessionsFile,
    limits: () => ({ most: config.sessions.max, maxAgeMs: config.sessions.expire_days * 24 * 3600 * 1000 }),
    now: Date.now,
    failed: ({ message }) => err.write(`${sessionsFile} can't be used: ${message}.\n`),
  })
}

/** Without the digests by which it is recognised, which say nothing to anybody. */
function plain({ key: _, owner: __, ...session }: Session) {
  return session
}

function inOneLine({ id, client, seenAt, overrides, usage }: Session): string {
  const changes = changesIn(overrides).join('; ') || 'nothing changed'
  return `${id}  ${timeOf(seenAt)}  ${client ?? 'unknown'}  ${counted(usage.turns)}  ${costInWords(usage)}  ${changes}\n`
}

function whole({ id, client, from, startedAt, seenAt, overrides, usage }: Session): string {
  return [
    `Session ${id} of ${client ?? 'an unknown client'}, told by ${from}.`,
    `Begun ${timeOf(startedAt)}, last seen ${timeOf(seenAt)}.`,
    `Used: ${usageInWords(usage)}.`,
    ...(usage.models.length === 0 ? [] : [`Answered by ${usage.models.join(', ')}.`]),
    ...(changesIn(overrides).length === 0 ? ['Nothing is changed by commands.'] : ['Changed by commands:']),
    ...changesIn(overrides).map(change => `- ${change}`),
    '',
  ].join('\n')
}

/** In this computer's time, to the second. */
function timeOf(at: number): string {
  return new Date(at).toLocaleString('sv')
}

import { configSchema } from '../../../proxy/config/schema.ts'
import type { Message, Request } from '../../../proxy/core/request.ts'
import type { ObeyContext } from '../../../proxy/commands/obey.ts'
import { newSession, type Overrides, type Session } from '../../../proxy/sessions/session.ts'

/** A session with nothing said in it yet, but for what is given. */
export function session(overrides: Overrides = {}): Session {
  const fresh = newSession({ key: 'k', owner: '', from: 'x-session-id', client: undefined }, 0)
  return { ...fresh, id: '0123456789ab', overrides }
}

const backends = ['openai', 'anthropic', 'openrouter']

/** What commands know of a program with three backends. */
export function context(config: Record<string, unknown> = {}, changes: Partial<ObeyContext> = {}): ObeyContext {
  return {
    config: configSchema.parse(config),
    route({ overrides: { oneOff, backend, model = 'asked' } }) {
      const target = oneOff ?? (backend === undefined ? model : `${backend}:${model}`)
      const named = /^(?!hybrid:)([\w-]+):/.exec(target)?.[1]
      return named !== undefined && !backends.includes(named)
        ? { fault: `There is no backend "${named}".` }
        : { to: target }
    },
    routeNames: ['cheap'],
    isKnownHost: host => host === 'gateway.example',
    findFolder: path => (path === '~/work' ? '/home/me/work' : undefined),
    ...changes,
  }
}

export function user(...texts: readonly string[]): Message {
  return { role: 'user', parts: texts.map(text => ({ type: 'text', text })) }
}

export function assistant(text: string): Message {
  return { role: 'assistant', parts: [{ type: 'text', text }] }
}

export function request(...messages: readonly Message[]): Request {
  return { model: 'gpt-5', stream: true, system: [], messages, tools: [], sampling: {} }
}

/** The texts of each message, one list a message. */
export function texts({ messages }: Request): string[][] {
  return messages.map(({ role, parts }) => [
    role,
    ...parts.map(part => (part.type === 'text' ? part.text : `<${part.type}>`)),
  ])
}

export function textOf(reply: { readonly parts: Message['parts'] } | undefined): string {
  const [part] = reply?.parts ?? []
  return part?.type === 'text' ? part.text : ''
}

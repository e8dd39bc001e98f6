import { own } from '../core/own.ts'
import type { ParamName } from '../core/selector-params.ts'
import { withParams, type Session } from '../sessions/session.ts'
import { CommandError } from './command.ts'
import { readParam, type Setting } from './setting.ts'

/** Gemini's names of what every backend knows. */
const fields: Readonly<Record<string, ParamName>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  maxOutputTokens: 'max_tokens',
  seed: 'seed',
  stopSequences: 'stop',
  thinkingBudget: 'thinking_budget',
  thinkingLevel: 'reasoning_effort',
}

/** Several parameters at once, in the form of Gemini's `generationConfig`; they hold for backends of any kind. */
export const geminiConfig: Setting = {
  name: 'gemini-generation-config',
  help: 'parameters of the model in the form of Gemini’s generationConfig',
  takes: `an object of ${Object.keys(fields).join(', ')}`,
  set(value, session) {
    const { thinkingConfig, ...rest } = readObject(value)
    const thinking = thinkingConfig === undefined ? {} : asObject(thinkingConfig, 'thinkingConfig')
    const given = Object.entries({ ...rest, ...thinking }).map(([name, value]) => {
      const param = own(fields, name)
      if (param === undefined) {
        throw new CommandError(`there is no ${name} here: there are ${Object.keys(fields).join(', ')}`)
      }
      const read =
        Array.isArray(value) && param === 'stop' ? value.map(String) : readParam(param, String(value).toLowerCase())
      return [param, read] as const
    })
    return withParams(session, Object.fromEntries(given))
  },
  unset: (session: Session) => {
    const none = Object.fromEntries(Object.values(fields).map(param => [param, undefined]))
    return withParams(session, none)
  },
  // Told by each of its parameters.
  tell: () => undefined,
}

/** An object as JSON, or as Python prints one. */
function readObject(text: string): Readonly<Record<string, unknown>> {
  for (const json of [text, fromPython(text)]) {
    try {
      return asObject(JSON.parse(json), 'the value')
    } catch (error) {
      if (error instanceof CommandError) throw error
    }
  }
  throw new CommandError('gemini-generation-config must be an object: {"temperature": 0.2, "topK": 40}')
}

function fromPython(text: string): string {
  return text
    .replace(/'((?:[^'\\]|\\.)*)'/g, (_, inside: string) => JSON.stringify(inside.replaceAll("\\'", "'")))
    .replace(/\bTrue\b/g, 'true')
    .replace(/\bFalse\b/g, 'false')
    .replace(/\bNone\b/g, 'null')
}

function asObject(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new CommandError(`${name} must be an object`)
}

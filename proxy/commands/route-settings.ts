import { own } from '../core/own.ts'
import { parseSelector, SelectorError } from '../core/parse-selector.ts'
import { printLeaf, type Selector } from '../core/selector.ts'
import { withOverrides, type Overrides, type Session } from '../sessions/session.ts'
import { CommandError, type CommandContext } from './command.ts'
import type { Setting } from './setting.ts'

export const backendSetting: Setting = {
  name: 'backend',
  help: 'the backend that the conversation’s turns go to',
  takes: 'the id of a backend',
  set(value, session, context) {
    refuseLocked(context)
    if (value === '') throw new CommandError('name a backend')
    return withOverrides(session, { backend: value, model: modelAt(session.overrides, context) })
  },
  unset: session => withOverrides(session, { backend: undefined }),
  tell: ({ backend }) => backend,
}

export const modelSetting: Setting = {
  name: 'model',
  help: 'the model that is asked, in place of the client’s',
  takes: 'a model, backend:model, or any selector; nothing takes it away',
  set(value, session, context) {
    refuseLocked(context)
    if (value === '') return withOverrides(session, { model: undefined })
    refuseEmptyRoute(value, session, context)
    const selector = readSelector(value)
    // What names its backend is asked of that one, whatever was said before.
    const isWhole = selector.kind !== 'leaf' || selector.backend !== undefined
    return withOverrides(session, { ...(isWhole && { backend: undefined }), model: value })
  },
  unset: session => withOverrides(session, { model: undefined }),
  tell: ({ model }) => model,
}

/** The model of before once another backend is to be asked; nothing where it says more than one model's name. */
function modelAt({ model, routes = {} }: Overrides, { routeNames }: CommandContext): string | undefined {
  if (model === undefined || routeNames.includes(model) || Object.hasOwn(routes, model)) return undefined
  const selector = readSelector(model)
  return selector.kind === 'leaf' ? printLeaf({ ...selector, backend: undefined }) : undefined
}

/** What is asked from now on, in words. */
export function modelInWords({ model }: Overrides): string {
  return model === undefined ? 'The client’s own model is asked again.' : `Model is now ${model}.`
}

/** A selector. Throws a CommandError that says what is wrong with it and where. */
export function readSelector(text: string): Selector {
  try {
    return parseSelector(text)
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error
    throw new CommandError(error.message)
  }
}

/** A route of the session that holds nothing yet: its name would be taken for a model's. */
export function refuseEmptyRoute(name: string, { overrides }: Session, { routeNames, prefix }: CommandContext): void {
  if (own(overrides.routes ?? {}, name)?.elements.length !== 0 || routeNames.includes(name)) return
  throw new CommandError(`the route ${name} is empty: fill it with ${prefix}route-append(${name}, backend:model) first`)
}

/** Where the config forbids that commands say where turns go. */
export function refuseLocked({ lockedBy }: CommandContext): void {
  if (lockedBy !== undefined) throw new CommandError(`where turns go is fixed by ${lockedBy}`)
}

import { parseSelector, SelectorError } from '../core/parse-selector.ts'
import { printLeaf, type Selector } from '../core/selector.ts'
import { withOverrides } from '../sessions/session.ts'
import { CommandError, type CommandContext } from './command.ts'
import type { Setting } from './setting.ts'

export const backendSetting: Setting = {
  name: 'backend',
  help: 'the backend that the conversation’s turns go to',
  takes: 'the id of a backend',
  set(value, session, context) {
    refuseLocked(context)
    if (value === '') throw new CommandError('name a backend')
    return withOverrides(session, { backend: value })
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
    const selector = readSelector(value)
    // What names its backend says both at once: a model is then asked of that backend, whatever was said before.
    if (selector.kind !== 'leaf' || selector.backend === undefined) {
      const leaves = selector.kind === 'leaf' ? {} : { backend: undefined }
      return withOverrides(session, { ...leaves, model: value })
    }
    const { backend, ...leaf } = selector
    const marks = Object.keys(selector.marks).length > 0
    return marks
      ? withOverrides(session, { backend: undefined, model: value })
      : withOverrides(session, { backend, model: printLeaf(leaf) })
  },
  unset: session => withOverrides(session, { model: undefined }),
  tell: ({ model }) => model,
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

/** Where the config forbids that commands say where turns go. */
export function refuseLocked({ lockedBy }: CommandContext): void {
  if (lockedBy !== undefined) throw new CommandError(`where turns go is fixed by ${lockedBy}`)
}

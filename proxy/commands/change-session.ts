import { withOverrides, type Session } from '../sessions/session.ts'
import type { Changed } from './changes.ts'
import { CommandError, type CommandContext, type Ran } from './command.ts'
import { deleteFailoverRoute } from './delete-failover-route.ts'
import { oneoff } from './oneoff.ts'
import { set } from './set.ts'
import { unset } from './unset.ts'

/** What is to change in a session; without a value it is taken back. */
export type Change = Pick<Changed, 'kind' | 'name'> & { readonly value?: string | undefined }

/** Changes a session as the command for it would. Throws a CommandError for what can't be done. */
export function changeSession(session: Session, change: Change, context: CommandContext): Session {
  return leading(ran(session, change, context), session, context).session
}

function ran(session: Session, { kind, name, value }: Change, context: CommandContext): Ran {
  switch (kind) {
    case 'setting':
      return value === undefined
        ? unset.run({ name: [name] }, session, context)
        : set.run({ [name]: value }, session, context)
    case 'next':
      return value === undefined
        ? { session: withOverrides(session, { oneOff: undefined }), say: '' }
        : oneoff.run({ target: value }, session, context)
    case 'route':
      if (value !== undefined) throw new CommandError('a route is changed by the commands in the chat')
      return deleteFailoverRoute.run({ name }, session, context)
  }
}

/** A command that would send the next turn nowhere is not obeyed. */
export function leading(ran: Ran, before: Session, { route }: Pick<CommandContext, 'route'>): Ran {
  const { oneOff, backend, model } = ran.session.overrides
  const was = before.overrides
  if (oneOff === was.oneOff && backend === was.backend && model === was.model) return ran
  if (oneOff === undefined && backend === undefined && model === undefined) return ran
  const routed = route(ran.session)
  if ('fault' in routed) throw new CommandError(`${routed.fault} Nothing was changed.`)
  return ran
}

import { withOverrides, withParams, type Overrides, type Session } from '../sessions/session.ts'
import { isParamName, params, type ParamName } from '../core/selector-params.ts'
import { CommandError, type CommandContext } from './command.ts'

/** Something of a session that `set` changes and `unset` takes back. */
export interface Setting {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly help: string
  /** What it takes, as it stands in the documents. */
  readonly takes: string
  /** Throws a CommandError for a value that it can't have. */
  readonly set: (value: string, session: Session, context: CommandContext) => Session
  readonly unset: (session: Session) => Session
  /** What it is set to, in words; nothing where it is not set. */
  readonly tell: (overrides: Overrides) => string | undefined
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  '1': true,
  enabled: true,
  false: false,
  off: false,
  no: false,
  '0': false,
  disabled: false,
}

/** A setting that is on or off. */
export function onOff(
  field: 'interactive' | 'redactKeys' | 'loopDetection',
  described: Pick<Setting, 'name' | 'aliases' | 'help'>,
): Setting {
  return {
    ...described,
    takes: 'on or off',
    set: (value, session) => withOverrides(session, { [field]: readOnOff(described.name, value) }),
    unset: session => withOverrides(session, { [field]: undefined }),
    tell: overrides => (overrides[field] === undefined ? undefined : overrides[field] ? 'on' : 'off'),
  }
}

function readOnOff(name: string, value: string): boolean {
  const read = words[value.toLowerCase()]
  if (read === undefined) throw new CommandError(`${name} must be on or off, not ${JSON.stringify(value)}`)
  return read
}

/** A setting that is a parameter of the model. Names and ranges are those of parameters behind a model's name. */
export function parameter(param: ParamName, described: Partial<Pick<Setting, 'aliases' | 'help'>> = {}): Setting {
  const name = param.replaceAll('_', '-')
  return {
    help: `${name} of the model, whatever the client and the selector say`,
    ...described,
    name,
    takes: params[param].must,
    set: (value, session) => withParams(session, { [param]: readParam(param, value) }),
    unset: session => withParams(session, { [param]: undefined }),
    tell: overrides => {
      const value = overrides.params?.[param]
      return value === undefined ? undefined : String(value)
    },
  }
}

/** A parameter's value. Throws a CommandError that says what it must be. */
export function readParam(param: ParamName, value: string): unknown {
  const read = isParamName(param) ? params[param].read(value) : undefined
  if (read === undefined) {
    throw new CommandError(`${param.replaceAll('_', '-')} must be ${params[param].must}, not ${JSON.stringify(value)}`)
  }
  return read
}

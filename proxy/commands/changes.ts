import type { Overrides } from '../sessions/session.ts'
import { settings } from './settings.ts'

/** Something that is changed in a session. */
export interface Changed {
  /** A setting, the selector of the next turn alone, or one of the session's own routes. */
  readonly kind: 'setting' | 'next' | 'route'
  readonly name: string
  readonly value: string
}

/** All that is changed in a session, in the order in which the documents have it. */
export function changedIn(overrides: Overrides): readonly Changed[] {
  const changed = settings.flatMap(({ name, tell }): Changed[] => {
    const value = tell(overrides)
    return value === undefined ? [] : [{ kind: 'setting', name, value }]
  })
  const routes = Object.entries(overrides.routes ?? {}).map(([name, { policy, elements }]): Changed => {
    return { kind: 'route', name, value: `${policy}: ${elements.join(', ') || 'empty'}` }
  })
  const { oneOff } = overrides
  const next: readonly Changed[] = oneOff === undefined ? [] : [{ kind: 'next', name: 'oneoff', value: oneOff }]
  return [...changed, ...next, ...routes]
}

/** The same in words, a line each: `model: gpt-5`. */
export function changesIn(overrides: Overrides): readonly string[] {
  return changedIn(overrides).map(({ kind, name, value }) => {
    switch (kind) {
      case 'setting':
        return `${name}: ${value}`
      case 'next':
        return `next request only: ${value}`
      case 'route':
        return `route ${name}, ${value}`
    }
  })
}

import type { Overrides } from '../sessions/session.ts'
import { settings } from './settings.ts'

/** What commands changed in a session, a line each: `model: gpt-5`. */
export function changesIn(overrides: Overrides): readonly string[] {
  const changed = settings.flatMap(({ name, tell }) => {
    const value = tell(overrides)
    return value === undefined ? [] : [`${name}: ${value}`]
  })
  const routes = Object.entries(overrides.routes ?? {}).map(
    ([name, { policy, elements }]) => `route ${name} (${policy}): ${elements.join(', ') || 'empty'}`,
  )
  const next = overrides.oneOff === undefined ? [] : [`next request only: ${overrides.oneOff}`]
  return [...changed, ...next, ...routes]
}

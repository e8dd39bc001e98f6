import { own } from '../core/own.ts'
import { withOverrides, type FailoverRoute, type Session } from '../sessions/session.ts'
import { CommandError, type CommandContext, type Ran } from './command.ts'
import { modelInWords, readSelector } from './route-settings.ts'

/** The session's own routes, as the commands on them read and change them. */

export function routesOf({ overrides }: Session): Readonly<Record<string, FailoverRoute>> {
  return overrides.routes ?? {}
}

/** The session's route of a name. Throws a CommandError that names those there are. */
export function routeNamed(session: Session, name: string): FailoverRoute {
  const routes = routesOf(session)
  const route = own(routes, name)
  if (route !== undefined) return route
  const names = Object.keys(routes)
  const there = names.length === 0 ? 'this conversation has none' : `there are ${names.join(', ')}`
  throw new CommandError(`there is no route ${JSON.stringify(name)}: ${there}`)
}

export function withRoute(session: Session, name: string, route: FailoverRoute | undefined): Session {
  const routes = Object.entries(routesOf(session)).filter(([other]) => other !== name)
  const all = route === undefined ? routes : [...routes, [name, route] as const]
  return withOverrides(session, { routes: all.length === 0 ? undefined : Object.fromEntries(all) })
}

/** A session whose route leads nowhere from now on: emptied, or gone where nothing is `left`. Nothing goes on asking for it, since its name would be taken for a model's. */
export function endingRoute(
  session: Session,
  { name, left, says }: { readonly name: string; readonly left?: FailoverRoute; readonly says: string },
  { routeNames }: CommandContext,
): Ran {
  const { model, oneOff } = session.overrides
  const isGone = !routeNames.includes(name)
  const isAsked = isGone && model === name
  const isNext = isGone && oneOff === name
  const ended = withOverrides(withRoute(session, name, left), {
    model: isAsked ? undefined : model,
    oneOff: isNext ? undefined : oneOff,
  })
  const all = [
    says,
    ...(isAsked ? [modelInWords(ended.overrides)] : []),
    ...(isNext ? ['The one-off is taken back.'] : []),
  ]
  return { session: ended, say: all.join(' ') }
}

/** A session whose route has more elements, at its end or its beginning. One that it has already moves there, so that a client's second try of a request adds nothing. */
export function withElements(
  session: Session,
  { name, elements, atEnd }: { readonly name: string; readonly elements: readonly string[]; readonly atEnd: boolean },
  context: CommandContext,
): Session {
  const route = routeNamed(session, name)
  if (elements.length === 0) throw new CommandError('name an element: backend:model')
  for (const element of elements) checkElement(element, session, context)
  const others = route.elements.filter(element => !elements.includes(element))
  const all = atEnd ? [...others, ...elements] : [...elements, ...others]
  return withRoute(session, name, { ...route, elements: all })
}

function checkElement(element: string, session: Session, { route }: CommandContext) {
  readSelector(element)
  const { backend } = session.overrides
  const overrides = { ...session.overrides, oneOff: element, ...(backend !== undefined && { backend }) }
  const routed = route({ ...session, overrides })
  if ('fault' in routed) throw new CommandError(`${element} leads nowhere: ${routed.fault}`)
}

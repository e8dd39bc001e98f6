import type { Backend } from '../../backends/backend.ts'
import type { Config } from '../../config/schema.ts'
import { mapTargets, type Route } from '../../routing/route.ts'

/** A route whose backends of type `openai` are called at an address of the session's own. */
export function withOpenaiUrl(route: Route, url: string | undefined, { backends }: Pick<Config, 'backends'>): Route {
  if (url === undefined) return route
  return mapTargets(route, target => {
    const { backend } = target
    const type = backends[backend.id]?.type ?? backend.id
    if (backend.kind === 'local' || type !== 'openai') return target
    const [first, ...others] = backend.apis
    const moved = others.map(api => ({ ...api, baseUrl: url, isGuess: true }))
    return { ...target, backend: { ...backend, apis: [{ ...first, baseUrl: url }, ...moved] } }
  })
}

/** The hosts that backends are called at. */
export function hostsOf(backends: ReadonlyMap<string, Backend>): ReadonlySet<string> {
  const remote = [...backends.values()].filter(backend => backend.kind === 'remote')
  return new Set(
    remote.flatMap(({ apis }) => apis.map(({ baseUrl }) => baseUrl)).flatMap(url => URL.parse(url)?.hostname ?? []),
  )
}

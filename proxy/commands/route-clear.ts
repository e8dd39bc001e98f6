import { z } from 'zod'
import { defineCommand } from './command.ts'
import { routeNamed, withRoute } from './failover-routes.ts'

export const routeClear = defineCommand({
  name: 'route-clear',
  help: 'takes all elements from a failover route',
  examples: ['route-clear(fast)', 'route-clear(name=fast)'],
  takes: ['name'],
  args: z.object({ name: z.string({ error: 'is missing: name the route' }) }),
  run({ name }, session) {
    const route = routeNamed(session, name)
    return { session: withRoute(session, name, { ...route, elements: [] }), say: `${name}: empty` }
  },
})

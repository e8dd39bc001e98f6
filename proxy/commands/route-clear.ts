import { z } from 'zod'
import { defineCommand } from './command.ts'
import { endingRoute, routeNamed } from './failover-routes.ts'

export const routeClear = defineCommand({
  name: 'route-clear',
  help: 'takes all elements from a failover route',
  examples: ['route-clear(fast)', 'route-clear(name=fast)'],
  takes: ['name'],
  args: z.object({ name: z.string({ error: 'is missing: name the route' }) }),
  run({ name }, session, context) {
    const left = { ...routeNamed(session, name), elements: [] }
    return endingRoute(session, { name, left, says: `${name}: empty.` }, context)
  },
})

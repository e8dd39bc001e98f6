import { z } from 'zod'
import { defineCommand } from './command.ts'
import { routeNamed } from './failover-routes.ts'

export const routeList = defineCommand({
  name: 'route-list',
  help: 'lists the elements of a failover route',
  examples: ['route-list(fast)', 'route-list(name=fast)'],
  takes: ['name'],
  args: z.object({ name: z.string({ error: 'is missing: name the route' }) }),
  run({ name }, session) {
    const { elements } = routeNamed(session, name)
    return { session, say: `${name}: ${elements.length === 0 ? 'empty' : elements.join(', ')}` }
  },
})

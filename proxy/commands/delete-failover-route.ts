import { z } from 'zod'
import { defineCommand } from './command.ts'
import { endingRoute, routeNamed } from './failover-routes.ts'

export const deleteFailoverRoute = defineCommand({
  name: 'delete-failover-route',
  help: 'deletes a failover route of this conversation',
  examples: ['delete-failover-route(fast)', 'delete-failover-route(name=fast)'],
  takes: ['name'],
  args: z.object({ name: z.string({ error: 'is missing: name the route' }) }),
  run({ name }, session, context) {
    routeNamed(session, name)
    return endingRoute(session, { name, says: `Failover route ${name} deleted.` }, context)
  },
})

import { z } from 'zod'
import { defineCommand } from './command.ts'
import { routesOf } from './failover-routes.ts'

export const listFailoverRoutes = defineCommand({
  name: 'list-failover-routes',
  help: 'lists the failover routes of this conversation and the names of the config’s',
  examples: ['list-failover-routes'],
  takes: [],
  args: z.object({}),
  run(_, session, { routeNames }) {
    const own = Object.entries(routesOf(session)).map(([name, { policy }]) => `${name}:${policy}`)
    const lines = [
      own.length === 0 ? 'No failover routes of this conversation.' : `Failover routes: ${own.join(', ')}.`,
      ...(routeNames.length === 0 ? [] : [`In the config: ${routeNames.join(', ')}.`]),
    ]
    return { session, say: lines.join('\n') }
  },
})

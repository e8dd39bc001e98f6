import { z } from 'zod'
import { defineCommand } from './command.ts'
import { routesOf, withRoute } from './failover-routes.ts'

const policies = ['k', 'm', 'km', 'mk'] as const

export const createFailoverRoute = defineCommand({
  name: 'create-failover-route',
  help: 'makes a failover route of this conversation, to be filled with route-append; ask for its name as the model',
  examples: ['create-failover-route(fast, km)', 'create-failover-route(name=fast, policy=m)'],
  takes: ['name', 'policy'],
  args: z.object({
    name: z.string({ error: 'is missing: name the route' }).regex(/^[\w.-]+$/, 'must be letters, digits, - and _'),
    policy: z.enum(policies, { error: 'must be k, m, km or mk' }).default('km'),
  }),
  run({ name, policy }, session) {
    // Made again it keeps its elements: clients try a request again, and opencode sends the first one twice.
    const elements = routesOf(session)[name]?.elements ?? []
    return {
      session: withRoute(session, name, { policy, elements }),
      say: `Failover route ${name} created with policy ${policy}.`,
    }
  },
})

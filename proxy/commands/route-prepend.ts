import { z } from 'zod'
import { defineCommand } from './command.ts'
import { routeNamed, withElements } from './failover-routes.ts'

export const routePrepend = defineCommand({
  name: 'route-prepend',
  help: 'adds elements to the beginning of a failover route, to be tried first',
  examples: ['route-prepend(fast, openai:gpt-5)', 'route-prepend(name=fast, element=openai:gpt-5)'],
  takes: ['name', 'element'],
  also: { elements: 'element', route: 'name' },
  takesSeveral: true,
  args: z.object({ name: z.string({ error: 'is missing: name the route' }), element: z.array(z.string()).default([]) }),
  run({ name, element: elements }, before, context) {
    const session = withElements(before, { name, elements, atEnd: false }, context)
    return { session, say: `${name}: ${routeNamed(session, name).elements.join(', ')}` }
  },
})

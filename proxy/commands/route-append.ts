import { z } from 'zod'
import { defineCommand } from './command.ts'
import { routeNamed, withElements } from './failover-routes.ts'

export const routeAppend = defineCommand({
  name: 'route-append',
  help: 'adds elements to the end of a failover route, to be tried last',
  examples: ['route-append(fast, openai:gpt-5)', 'route-append(name=fast, element=openai:gpt-5)'],
  takes: ['name', 'element'],
  also: { elements: 'element', route: 'name' },
  takesSeveral: true,
  args: z.object({ name: z.string({ error: 'is missing: name the route' }), element: z.array(z.string()).default([]) }),
  run({ name, element: elements }, before, context) {
    const session = withElements(before, { name, elements, atEnd: true }, context)
    return { session, say: `${name}: ${routeNamed(session, name).elements.join(', ')}` }
  },
})

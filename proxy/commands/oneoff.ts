import { z } from 'zod'
import { leavesOf } from '../core/selector.ts'
import { withOverrides } from '../sessions/session.ts'
import { CommandError, defineCommand } from './command.ts'
import { readSelector, refuseEmptyRoute, refuseLocked } from './route-settings.ts'

export const oneoff = defineCommand({
  name: 'oneoff',
  aliases: ['one-off'],
  help: 'sends one request to another model: the one it stands in, or the next where it stands alone',
  examples: ['oneoff(openrouter:qwen/qwen3-coder)'],
  takes: ['target'],
  also: { element: 'target', value: 'target', route: 'target', model: 'target', name: 'target' },
  args: z.object({ target: z.string({ error: 'is missing: name a backend and a model' }).min(1, 'is empty') }),
  run({ target }, session, context) {
    refuseLocked(context)
    refuseEmptyRoute(target, session, context)
    const selector = readSelector(target)
    const isRoute = context.routeNames.includes(target) || Object.hasOwn(session.overrides.routes ?? {}, target)
    if (!isRoute && leavesOf(selector).some(({ backend, model }) => backend === undefined && !model.includes('/'))) {
      throw new CommandError(`it takes backend:model, or the name of a route, not ${JSON.stringify(target)}`)
    }
    return { session: withOverrides(session, { oneOff: target }), say: `One-off route set to ${target}.` }
  },
})

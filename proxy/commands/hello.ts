import { z } from 'zod'
import { VERSION } from '../version.ts'
import { defineCommand } from './command.ts'

export const hello = defineCommand({
  name: 'hello',
  help: 'says who answers here',
  examples: ['hello'],
  takes: [],
  args: z.object({}),
  run(_, session, { route, prefix }) {
    const routed = route(session)
    return {
      session,
      say: [
        `Hello, this is LLM Interactive Proxy ${VERSION}, between your program and its models.`,
        'to' in routed ? `This conversation goes to ${routed.to}.` : routed.fault,
        `Try ${prefix}help, ${prefix}status, ${prefix}model(backend:model) or ${prefix}oneoff(backend:model).`,
      ].join('\n'),
    }
  },
})

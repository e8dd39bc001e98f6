import { z } from 'zod'
import { defineCommand } from './command.ts'
import { backendSetting, modelInWords } from './route-settings.ts'

export const backend = defineCommand({
  name: 'backend',
  aliases: ['provider'],
  help: 'sends the conversation to a backend, from this message on',
  examples: ['backend(anthropic)'],
  takes: ['backend'],
  also: { name: 'backend', value: 'backend', id: 'backend', 'provider-name': 'backend' },
  args: z.object({ backend: z.string({ error: 'is missing: name a backend' }) }),
  run(args, before, context) {
    const session = backendSetting.set(args.backend, before, context)
    const isSameModel = session.overrides.model === before.overrides.model
    return {
      session,
      say: `Backend is now ${args.backend}.${isSameModel ? '' : ` ${modelInWords(session.overrides)}`}`,
    }
  },
})

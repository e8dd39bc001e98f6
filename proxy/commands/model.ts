import { z } from 'zod'
import { defineCommand } from './command.ts'
import { modelInWords, modelSetting } from './route-settings.ts'

export const model = defineCommand({
  name: 'model',
  help: 'asks another model than the client does, from this message on; without one, the client’s again',
  examples: ['model(claude-3-5-sonnet-20241022)', 'model(openrouter:qwen/qwen3-coder)', 'model(name=gpt-5)', 'model()'],
  takes: ['model'],
  also: { name: 'model', value: 'model' },
  args: z.object({ model: z.string().default('') }),
  run(args, before, context) {
    const session = modelSetting.set(args.model, before, context)
    return { session, say: modelInWords(session.overrides) }
  },
})

import { z } from 'zod'
import { defineCommand } from './command.ts'
import { settingNamed } from './settings.ts'

export const loopDetection = defineCommand({
  name: 'loop-detection',
  help: 'stops answers that repeat themselves without end, or no longer does',
  examples: ['loop-detection', 'loop-detection(off)', 'loop-detection(enabled=true)'],
  takes: ['enabled'],
  also: { value: 'enabled' },
  args: z.object({ enabled: z.string().default('on') }),
  run({ enabled }, before, context) {
    const session = settingNamed('loop-detection').set(enabled, before, context)
    return { session, say: `Loop detection ${session.overrides.loopDetection === true ? 'enabled' : 'disabled'}.` }
  },
})

import { z } from 'zod'
import { defineCommand } from './command.ts'

export const pwd = defineCommand({
  name: 'pwd',
  help: 'tells the folder that the conversation works in',
  examples: ['pwd'],
  takes: [],
  args: z.object({}),
  run: (_, session) => ({ session, say: session.overrides.projectDir ?? 'Project directory not set.' }),
})

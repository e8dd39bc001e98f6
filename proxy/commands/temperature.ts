import { z } from 'zod'
import { defineCommand } from './command.ts'
import { parameter } from './setting.ts'

export const temperature = defineCommand({
  name: 'temperature',
  help: 'how freely the model chooses its words in this conversation, from 0 to 2',
  examples: ['temperature(0.7)', 'temperature(value=0.7)'],
  takes: ['value'],
  also: { temperature: 'value' },
  args: z.object({ value: z.string({ error: 'is missing: give a number from 0 to 2' }) }),
  run: ({ value }, session, context) => ({
    session: parameter('temperature').set(value, session, context),
    say: `Temperature is now ${value}.`,
  }),
})

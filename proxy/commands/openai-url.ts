import { z } from 'zod'
import { defineCommand } from './command.ts'
import { settingNamed } from './settings.ts'

export const openaiUrl = defineCommand({
  name: 'openai-url',
  help: 'another base URL for backends of type openai in this conversation',
  examples: ['openai-url(http://127.0.0.1:8080/v1)', 'openai-url(url=http://localhost:8080/v1)'],
  takes: ['url'],
  also: { value: 'url', 'openai-url': 'url' },
  args: z.object({ url: z.string({ error: 'is missing: give an address' }) }),
  run: ({ url }, session, context) => ({
    session: settingNamed('openai-url').set(url, session, context),
    say: `Backends of type openai are now called at ${url}.`,
  }),
})

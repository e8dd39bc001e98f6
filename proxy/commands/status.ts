import { z } from 'zod'
import { usageInWords } from '../sessions/session-usage.ts'
import { changesIn } from './changes.ts'
import { defineCommand } from './command.ts'

export const status = defineCommand({
  name: 'status',
  help: 'tells where the conversation goes, what commands changed in it, what it has used, and what that cost',
  examples: ['status'],
  takes: [],
  args: z.object({}),
  run(_, session, { route, asked }) {
    const { overrides, usage } = session
    const routed = route(session)
    const all = changesIn(overrides)
    return {
      session,
      say: [
        `Session ${session.id}. The client asks for ${asked === '' ? 'no model' : asked}.`,
        'to' in routed ? `It goes to ${routed.to}.` : routed.fault,
        all.length === 0
          ? 'Nothing is changed by commands.'
          : `Changed by commands:\n${all.map(one => `- ${one}`).join('\n')}`,
        `Used: ${usageInWords(usage)}.`,
      ].join('\n'),
    }
  },
})

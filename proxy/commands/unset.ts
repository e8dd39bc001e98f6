import { z } from 'zod'
import { CommandError, defineCommand } from './command.ts'
import { refuseLocked } from './route-settings.ts'
import { settingNamed } from './settings.ts'

export const unset = defineCommand({
  name: 'unset',
  help: 'takes settings of the conversation back',
  examples: ['unset(model)', 'unset(temperature, project)'],
  takes: ['name'],
  takesSeveral: true,
  args: z.object({ name: z.array(z.string()).default([]) }),
  run({ name: names }, session, context) {
    const unset = names.map(settingNamed)
    if (unset.length === 0) throw new CommandError('say what to take back')
    if (unset.some(({ name }) => name === 'backend' || name === 'model')) refuseLocked(context)
    return {
      session: unset.reduce((changed, setting) => setting.unset(changed), session),
      say: unset.map(({ name }) => `${name} is no longer set.`).join(' '),
    }
  },
})

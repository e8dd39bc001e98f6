import { z } from 'zod'
import { CommandError, defineCommand } from './command.ts'
import { settingNamed } from './settings.ts'

export const set = defineCommand({
  name: 'set',
  help: 'changes settings of the conversation, all of them or none',
  examples: ['set(model=gpt-5, temperature=0.2)', 'set(project-dir="~/work")'],
  takes: [],
  takesAny: true,
  args: z.record(z.string(), z.string()),
  run(args, session, context) {
    const changes = Object.entries(args).map(([name, value]) => ({ setting: settingNamed(name), value }))
    if (changes.length === 0) throw new CommandError('say what to set')
    const names = changes.map(({ setting }) => setting.name)
    const twice = names.find((name, at) => names.indexOf(name) !== at)
    if (twice !== undefined) throw new CommandError(`${twice} is given twice`)
    return {
      session: changes.reduce((changed, { setting, value }) => setting.set(value, changed, context), session),
      say: changes.map(({ setting, value }) => `${setting.name} is now ${value === '' ? 'not set' : value}.`).join(' '),
    }
  },
})

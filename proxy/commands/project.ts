import { z } from 'zod'
import { defineCommand } from './command.ts'
import { settingNamed } from './settings.ts'

export const project = defineCommand({
  name: 'project',
  help: 'names the project that the conversation is about; without a name, takes it away',
  examples: ['project(my-app)', 'project(name="My app")'],
  takes: ['name'],
  also: { project: 'name', 'project-name': 'name', value: 'name' },
  args: z.object({ name: z.string().default('') }),
  run: ({ name }, session, context) => ({
    session: settingNamed('project').set(name, session, context),
    say: name === '' ? 'Project is no longer set.' : `Project is now ${name}.`,
  }),
})

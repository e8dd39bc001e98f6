import { z } from 'zod'
import { defineCommand } from './command.ts'
import { settingNamed } from './settings.ts'

export const projectDir = defineCommand({
  name: 'project-dir',
  help: 'says in which folder the conversation works; without one, takes it away',
  examples: ['project-dir(~/code/app)', 'project-dir(path="C:\\\\code\\\\app")'],
  takes: ['path'],
  also: { dir: 'path', 'project-dir': 'path', value: 'path', name: 'path' },
  args: z.object({ path: z.string().default('') }),
  run({ path }, before, context) {
    const session = settingNamed('project-dir').set(path, before, context)
    const { projectDir } = session.overrides
    return {
      session,
      say: projectDir === undefined ? 'Project directory is no longer set.' : `Project directory is now ${projectDir}.`,
    }
  },
})

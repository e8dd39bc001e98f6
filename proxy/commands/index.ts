import { backend } from './backend.ts'
import type { Command } from './command.ts'
import { createFailoverRoute } from './create-failover-route.ts'
import { deleteFailoverRoute } from './delete-failover-route.ts'
import { hello } from './hello.ts'
import { help } from './help.ts'
import { listFailoverRoutes } from './list-failover-routes.ts'
import { loopDetection } from './loop-detection.ts'
import { model } from './model.ts'
import { modes } from './modes.ts'
import { oneoff } from './oneoff.ts'
import { openaiUrl } from './openai-url.ts'
import { projectDir } from './project-dir.ts'
import { project } from './project.ts'
import { pwd } from './pwd.ts'
import { routeAppend } from './route-append.ts'
import { routeClear } from './route-clear.ts'
import { routeList } from './route-list.ts'
import { routePrepend } from './route-prepend.ts'
import { set } from './set.ts'
import { status } from './status.ts'
import { temperature } from './temperature.ts'
import { unset } from './unset.ts'

/** All commands, in the order in which `help` and the documents tell them. */
export const commands: readonly Command[] = [
  help,
  hello,
  status,
  backend,
  model,
  oneoff,
  set,
  unset,
  ...modes,
  temperature,
  loopDetection,
  createFailoverRoute,
  deleteFailoverRoute,
  listFailoverRoutes,
  routeList,
  routeAppend,
  routePrepend,
  routeClear,
  project,
  projectDir,
  pwd,
  openaiUrl,
]

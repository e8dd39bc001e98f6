import type { App } from 'electron'
import { homedir } from 'node:os'
import type { Arguments } from './arguments.ts'
import {
  autostartFile,
  linuxAutostart,
  loginCommand,
  macAutostart,
  repairAutostart,
  windowsAutostart,
  type Autostart,
} from './autostart.ts'

/** The switch of the system that we run on; nothing where the app can't be started by the system at all. */
export async function systemAutostart(app: App, { dataDir, config }: Arguments): Promise<Autostart | undefined> {
  const { platform, env, execPath } = process
  const folder = app.isPackaged ? undefined : app.getAppPath()
  const command = loginCommand({ program: execPath, folder, env, dataDir, config })
  switch (platform) {
    case 'darwin':
      // From its sources, the program that macOS would start is Electron's own.
      return app.isPackaged ? macAutostart(app) : undefined
    case 'win32':
      return windowsAutostart(app, command)
    default: {
      const file = autostartFile(env, homedir())
      await repairAutostart(file, command)
      return linuxAutostart(file, command)
    }
  }
}

import type { App } from 'electron'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readEntry, withCommand, writeEntry } from './autostart-file.ts'
import { APP_ID, DESKTOP_ID } from './ids.ts'
import { text } from './text.ts'

/** The operating system's switch for starting us at login. */
export interface Autostart {
  readonly read: () => Promise<AutostartState>
  readonly write: (on: boolean) => Promise<void>
}

export interface AutostartState {
  readonly isOn: boolean
  /** What the user has to do elsewhere so that it counts. */
  readonly remedy?: string | undefined
}

type LoginItems = Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>

/** macOS asks the user to approve us first, if it is so set. It takes no arguments: it tells us afterwards that it was a login. */
export function macAutostart(app: LoginItems): Autostart {
  return {
    read: async () => {
      const { status } = app.getLoginItemSettings()
      if (status === 'requires-approval') return { isOn: false, remedy: text.loginItem.approval }
      return { isOn: status === 'enabled' }
    },
    write: async on => app.setLoginItemSettings({ openAtLogin: on }),
  }
}

/** Windows knows an entry by its program and arguments, so it has to be asked with the same ones that it was told. */
export function windowsAutostart(app: LoginItems, [path = '', ...args]: readonly string[]): Autostart {
  const entry = { path, args: args.map(windowsQuoted) }
  return {
    read: async () => {
      const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings(entry)
      if (openAtLogin && !executableWillLaunchAtLogin) return { isOn: false, remedy: text.loginItem.taskManager }
      return { isOn: openAtLogin }
    },
    write: async on => app.setLoginItemSettings({ ...entry, name: APP_ID, openAtLogin: on }),
  }
}

/** The registry holds one line, which Windows cuts at spaces. */
function windowsQuoted(argument: string): string {
  return /\s/.test(argument) ? `"${argument}"` : argument
}

/** On Linux, Electron offers nothing: it is a file of ours in the user's autostart folder, and no file is off. */
export function linuxAutostart(file: string, command: readonly string[]): Autostart {
  const content = () => readFile(file, 'utf8').catch(() => undefined)
  return {
    read: async () => {
      const entry = await content()
      return { isOn: entry !== undefined && readEntry(entry).isOn }
    },
    write: async on => {
      if (!on) return rm(file, { force: true })
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, writeEntry({ name: text.product, comment: text.about, icon: DESKTOP_ID, command }))
    },
  }
}

/** Points the file at where we are now, if what it would start is there no more: an AppImage is moved like any file. */
export async function repairAutostart(file: string, command: readonly string[]): Promise<void> {
  const content = await readFile(file, 'utf8').catch(() => undefined)
  if (content === undefined) return
  const { program } = readEntry(content)
  if (program !== undefined && existsSync(program)) return
  await writeFile(file, withCommand(content, command))
}

/** Where a Linux desktop looks for what the user wants started. */
export function autostartFile(env: NodeJS.ProcessEnv, home: string): string {
  const config = env['XDG_CONFIG_HOME']
  // The specification says that a relative path in the variable is to be ignored.
  const folder = config?.startsWith('/') === true ? config : join(home, '.config')
  return join(folder, 'autostart', `${DESKTOP_ID}.desktop`)
}

/** The command that starts us again as we were started, hidden. */
export function loginCommand(run: {
  readonly program: string
  /** The app's folder, where Electron runs it from its sources. */
  readonly folder: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly dataDir: string | undefined
  readonly config: string | undefined
}): readonly string[] {
  const { program, folder, env, dataDir, config } = run
  return [
    // An AppImage runs from a folder that is mounted for this run only; the variable says where the file itself is.
    env['APPIMAGE'] ?? program,
    ...(folder === undefined ? [] : [folder]),
    ...(dataDir === undefined ? [] : [`--data-dir=${dataDir}`]),
    ...(config === undefined ? [] : [`--config=${config}`]),
    '--hidden',
  ]
}

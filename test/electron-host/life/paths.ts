import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { switches } from './command-line.ts'

const moved = new Map<string, string>()

/** Where Electron keeps things of this name, for an app so called, on a Linux desktop. Throws for a name it does not know. */
export function pathOf(name: string, appName: string): string {
  const home = homedir()
  const appData = process.env.XDG_CONFIG_HOME ?? join(home, '.config')
  const userData = moved.get('userData') ?? (switches.get('user-data-dir') || join(appData, appName))
  const usual: Readonly<Record<string, string>> = {
    home,
    appData,
    userData,
    sessionData: userData,
    temp: tmpdir(),
    exe: process.execPath,
    module: process.execPath,
    logs: join(userData, 'logs'),
    crashDumps: join(userData, 'Crashpad'),
    desktop: join(home, 'Desktop'),
    documents: join(home, 'Documents'),
    downloads: join(home, 'Downloads'),
    music: join(home, 'Music'),
    pictures: join(home, 'Pictures'),
    videos: join(home, 'Videos'),
  }
  const path = moved.get(name) ?? usual[name]
  if (path === undefined) throw new Error(`Failed to get '${name}' path`)
  return path
}

export function movePath(name: string, path: string) {
  moved.set(name, path)
}

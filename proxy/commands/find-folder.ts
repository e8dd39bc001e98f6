import { statSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'

/**
 * Finds the folder that a user means: `~` and variables (`$HOME`, `${HOME}`, `%USERPROFILE%`) are filled in. Nothing if there
 * is none, or the path is not a whole one: what it would be relative to is on the client's side.
 */
export function createFindFolder(env: Readonly<Record<string, string | undefined>>, home: string) {
  return (path: string): string | undefined => {
    const filled = path
      .replace(/^~(?=$|[/\\])/, () => home)
      .replace(/\$(?:\{(\w+)\}|(\w+))|%(\w+)%/g, (all, braced?: string, plain?: string, windows?: string) => {
        return env[braced ?? plain ?? windows ?? ''] ?? all
      })
    if (!isAbsolute(filled)) return undefined
    try {
      const folder = normalize(filled)
      return statSync(folder).isDirectory() ? withoutEnd(folder) : undefined
    } catch {
      return undefined
    }
  }
}

function withoutEnd(folder: string): string {
  const short = folder.replace(/[/\\]+$/, '')
  return short === '' || /^[A-Za-z]:$/.test(short) ? join(short, '/') : short
}

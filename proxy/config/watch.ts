import { realpathSync, statSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

export interface WatchOptions {
  /** The file came, changed, was replaced or went. Several changes in a row are told once. */
  readonly onChange: () => void
  /** The system refuses to watch, so that changes may go unseen. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** How long the file must have been left alone, since editors write in several steps. */
  readonly quietMs?: number | undefined
}

/**
 * Watches a file that may not be there yet, nor its folder, and that editors replace rather than write. Nothing runs
 * while nothing changes, and the process is not kept alive. Begin before the file is read, so that no change is missed.
 */
export function watchFile(file: string, { onChange, onError, quietMs = 100 }: WatchOptions): { close: () => void } {
  const path = resolve(file)
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  watchAround()
  let last = stateOf(path)

  /** Moves the watches to where changes would now be seen; again if something moved while that was done. */
  function watchAround(): void {
    const wanted = lookouts(path)
    for (const [id, watcher] of watchers) {
      if (wanted.has(id)) continue
      watcher.close()
      watchers.delete(id)
    }
    const missing = [...wanted].filter(([id]) => !watchers.has(id))
    if (missing.length === 0) return
    try {
      for (const [id, lookout] of missing) watchers.set(id, watchFrom(id, lookout))
    } catch (error) {
      // A folder may go between being seen and being watched.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') lookSoon()
      else onError?.(error)
      return
    }
    watchAround()
  }

  function watchFrom(id: string, { folder, name }: Lookout): FSWatcher {
    // The folder's own name comes when it is removed or renamed itself.
    const names = [name, basename(folder)].map(name => name.toLowerCase())
    return watch(folder, { persistent: false }, (_, changed) => {
      if (changed === null || names.includes(changed.toLowerCase())) lookSoon()
    }).on('error', () => {
      // How Windows tells that the folder went.
      watchers.get(id)?.close()
      watchers.delete(id)
      lookSoon()
    })
  }

  function lookSoon(): void {
    clearTimeout(timer)
    timer = setTimeout(look, quietMs).unref()
  }

  function look(): void {
    watchAround()
    const state = stateOf(path)
    if (state === last) return
    last = state
    onChange()
  }

  function close(): void {
    clearTimeout(timer)
    for (const watcher of watchers.values()) watcher.close()
    watchers.clear()
  }

  return { close }
}

/** A folder to watch, and the name in it that matters. */
interface Lookout {
  readonly folder: string
  readonly name: string
}

/**
 * Where a change of the file would show: in its folder, since a watch on the file itself stays with the old one when it
 * is replaced, or in the nearest folder above that is there; and the same for the file that a link leads to. By what
 * tells them apart: a folder made anew is another one.
 */
function lookouts(path: string): Map<string, Lookout> {
  const all = [...new Set([path, realPath(path)])].map(lookout)
  return new Map(all.map(({ folder, name }) => [`${folder} ${name} ${identityOf(folder)}`, { folder, name }]))
}

function lookout(path: string): Lookout {
  const folder = dirname(path)
  return folder === path || isFolder(folder) ? { folder, name: basename(path) } : lookout(folder)
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function isFolder(path: string): boolean {
  return found(path)?.isDirectory() === true
}

function identityOf(path: string): string {
  const stat = found(path)
  return stat === undefined ? '' : `${stat.dev}:${stat.ino}`
}

/** What differs after any change of content or of permissions; empty if there is no file. */
function stateOf(path: string): string {
  const stat = found(path)
  return stat === undefined ? '' : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`
}

function found(path: string) {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return undefined
  }
}

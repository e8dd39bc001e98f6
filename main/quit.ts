/** Who wants us to end: the user, by a menu or a key; a terminal, by a signal; the system, because it ends itself. */
export type Asker = 'user' | 'terminal' | 'system'
export type QuitChoice = 'wait' | 'now' | 'cancel'

/** How long open turns may go on when the system will not wait for more. */
const SYSTEM_WAIT_MS = 2000
/** What is left to do takes a moment; a quit that hangs is worse than what it would lose. */
const CLOSE_MS = 10_000

export interface QuitDeps {
  readonly openTurns: () => number
  /** How long open turns may go on when there is time, in milliseconds. */
  readonly waitMs: () => number | Promise<number>
  readonly ask: (openTurns: number, waitMs: number) => Promise<QuitChoice>
  /** Takes no more turns and settles when the open ones have ended. */
  readonly drain: () => Promise<unknown>
  /** Breaks off the turns that are open. */
  readonly breakOff: () => void
  /** Writes what is not written yet, and lets go of everything. */
  readonly close: () => Promise<unknown>
  /** Ends the program. */
  readonly exit: () => void
}

export interface Quit {
  readonly ask: (asker: Asker) => Promise<void>
  /** Whether it is decided that we end. */
  readonly isQuitting: () => boolean
  /** Whether all is done that comes before the end. */
  readonly isReady: () => boolean
}

/** The way out, in order: ask if turns are open, take no more, let them end, write, let go. It is gone once. */
export function createQuit(deps: QuitDeps): Quit {
  let state: 'running' | 'asking' | 'quitting' | 'ready' = 'running'

  async function ask(asker: Asker) {
    if (state === 'quitting' || state === 'ready') {
      // Who asks twice is in a hurry.
      if (state === 'quitting' && asker !== 'user') deps.breakOff()
      return
    }
    if (state === 'asking' && asker === 'user') return
    state = asker === 'user' ? 'asking' : 'quitting'
    const patience = await patienceWith(asker)
    // While the user was asked, the system or a terminal may have decided.
    if (asker === 'user' && state !== 'asking') return
    state = patience === undefined ? 'running' : 'quitting'
    if (patience === undefined) return
    await end(patience)
  }

  /** Milliseconds that the open turns are given; nothing if we don't quit after all. */
  async function patienceWith(asker: Asker): Promise<number | undefined> {
    if (asker === 'system') return SYSTEM_WAIT_MS
    const wait = await deps.waitMs()
    if (asker === 'terminal') return wait
    const open = deps.openTurns()
    const choice = open === 0 ? 'now' : await deps.ask(open, wait)
    return { wait, now: 0, cancel: undefined }[choice]
  }

  async function end(patience: number) {
    const impatience = setTimeout(deps.breakOff, patience)
    const force = setTimeout(finish, patience + CLOSE_MS)
    // Whatever fails on the way out is no reason to stay.
    await deps.drain().catch(() => undefined)
    await deps.close().catch(() => undefined)
    clearTimeout(impatience)
    clearTimeout(force)
    finish()
  }

  function finish() {
    if (state === 'ready') return
    state = 'ready'
    deps.exit()
  }

  return { ask, isQuitting: () => state === 'quitting' || state === 'ready', isReady: () => state === 'ready' }
}

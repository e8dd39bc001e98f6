/** Who wants us to end: the user, by a menu or a key; a terminal, by a signal; the system, because it ends itself. */
export type Asker = 'user' | 'terminal' | 'system'
export type QuitChoice = 'wait' | 'now' | 'cancel'

/** How long open turns may go on when the user waits for them. */
const USER_WAIT_MS = 30_000
/** How long, when the system will not wait for more. */
const SYSTEM_WAIT_MS = 2000
/** How often it is looked whether turns are still open. */
const LOOK_MS = 250
/** An answer that has ended still has to leave; where turns are open, time is up. */
const SETTLE_MS = 1000
/** What is left to do takes a moment; a quit that hangs is worse than what it would lose. */
const CLOSE_MS = 10_000

export interface QuitDeps {
  readonly openTurns: () => number
  /** How long open turns may go on when a terminal asks, in milliseconds. */
  readonly terminalWaitMs: () => number | Promise<number>
  readonly ask: (openTurns: number, waitMs: number) => Promise<QuitChoice>
  /** No more turns are to be taken from now on, and we end at this time at the latest (epoch milliseconds); nothing when that is taken back. */
  readonly leave: (at: number | undefined) => void
  /** Stops the proxy, and breaks off what is still open after so many milliseconds. */
  readonly stop: (drainMs: number) => Promise<unknown>
  /** Writes what is not written yet, and lets go of everything. */
  readonly close: () => Promise<unknown>
  /** Ends the program. */
  readonly exit: () => void
}

export interface Quit {
  readonly ask: (asker: Asker) => Promise<void>
  /** Cuts the wait for open turns short. */
  readonly hurry: () => void
  /** Takes back what the user asked for, while turns are waited for. */
  readonly stay: () => void
  /** Whether it is decided that we end; while the user waits for turns it is not. */
  readonly isQuitting: () => boolean
  /** Whether all is done that comes before the end. */
  readonly isReady: () => boolean
}

/** The way out, in order: ask if turns are open, take no more, let them end, write, let go. It is gone once. */
export function createQuit(deps: QuitDeps): Quit {
  let isAsking = false
  /** Whether somebody wants us to end who does not take it back. */
  let isFinal = false
  let progress: 'none' | 'ending' | 'ready' = 'none'
  /** While turns are waited for: until when, epoch milliseconds. */
  let until: number | undefined
  let looking: NodeJS.Timeout | undefined

  async function ask(asker: Asker) {
    if (asker === 'user') {
      await askUser()
      return
    }
    const isWaiting = until !== undefined
    isFinal = true
    if (asker === 'system') waitFor(SYSTEM_WAIT_MS)
    // Who asks twice is in a hurry.
    else waitFor(isWaiting ? 0 : await deps.terminalWaitMs())
  }

  async function askUser() {
    if (isAsking || isQuitting()) return
    const open = deps.openTurns()
    isAsking = true
    const choice = open === 0 ? 'now' : await deps.ask(open, USER_WAIT_MS)
    isAsking = false
    // While the user was asked, the system or a terminal may have decided.
    if (isQuitting()) return
    if (choice === 'cancel') stay()
    else waitFor(choice === 'now' ? 0 : USER_WAIT_MS)
  }

  /** Ends when the open turns have ended, and after this time at the latest. An earlier end stays. */
  function waitFor(patienceMs: number) {
    if (progress !== 'none') return
    const at = Math.min(until ?? Infinity, Date.now() + patienceMs)
    if (at !== until) deps.leave(at)
    until = at
    looking ??= setInterval(look, LOOK_MS)
    look()
  }

  function look() {
    const isIdle = deps.openTurns() === 0
    if (until === undefined || (!isIdle && Date.now() < until)) return
    clearInterval(looking)
    void end(isIdle ? SETTLE_MS : 0)
  }

  function stay() {
    if (until === undefined || isQuitting()) return
    until = undefined
    clearInterval(looking)
    looking = undefined
    deps.leave(undefined)
  }

  async function end(drainMs: number) {
    if (progress !== 'none') return
    progress = 'ending'
    const force = setTimeout(finish, drainMs + CLOSE_MS)
    // Whatever fails on the way out is no reason to stay.
    await deps.stop(drainMs).catch(() => undefined)
    await deps.close().catch(() => undefined)
    clearTimeout(force)
    finish()
  }

  function finish() {
    if (progress === 'ready') return
    progress = 'ready'
    deps.exit()
  }

  function isQuitting(): boolean {
    return isFinal || progress !== 'none'
  }

  return {
    ask,
    hurry: () => {
      if (until !== undefined) waitFor(0)
    },
    stay,
    isQuitting,
    isReady: () => progress === 'ready',
  }
}

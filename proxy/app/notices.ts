import type { Notice, NoticeBody, SentNotice } from './contract.ts'

/** How many notices a window that lost its connection can catch up on. */
const KEPT = 2000
/** How long they go on being kept for it, in milliseconds. */
const PATIENCE_MS = 30_000

export interface Notices {
  readonly tell: <N extends Notice>(type: N, body: NoticeBody<N>) => void
  /** The number of the last notice told. */
  readonly seq: () => number
  /** Whether anybody listens, or may come back: while nobody does, there is no use in making notices. */
  readonly isHeard: () => boolean
  /**
   * Gives every notice after `seq` to `listener`, those already told at once. Gives nothing when they are no longer all
   * there: then a new snapshot is the way on.
   */
  readonly listen: (seq: number, listener: (notice: SentNotice) => void) => (() => void) | undefined
}

/** What windows are told, numbered without gaps. Nothing is kept while nobody listens; `onHeard` is told when that changes. */
export function createNotices(onHeard: (heard: boolean) => void): Notices {
  const listeners = new Set<(notice: SentNotice) => void>()
  let kept: SentNotice[] = []
  let seq = 0
  /** The number up to which notices may have been left out, so that nobody catches up from before it. */
  let gap = 0
  let leaving: NodeJS.Timeout | undefined

  const isHeard = () => listeners.size > 0 || leaving !== undefined

  function tell<N extends Notice>(type: N, body: NoticeBody<N>) {
    seq++
    if (!isHeard()) {
      gap = seq
      return
    }
    const notice = { seq, type, body } as SentNotice
    kept.push(notice)
    if (kept.length > KEPT) kept = kept.slice(-KEPT / 2)
    for (const listener of listeners) listener(notice)
  }

  function listen(after: number, listener: (notice: SentNotice) => void) {
    const first = kept[0]?.seq ?? seq + 1
    if (after > seq || after < gap || after < first - 1) return undefined
    for (const notice of kept) if (notice.seq > after) listener(notice)
    const wasHeard = isHeard()
    clearTimeout(leaving)
    leaving = undefined
    listeners.add(listener)
    if (!wasHeard) onHeard(true)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      leaving = setTimeout(() => {
        leaving = undefined
        kept = []
        gap = seq
        onHeard(false)
      }, PATIENCE_MS)
      leaving.unref()
    }
  }

  return { tell, seq: () => seq, isHeard, listen }
}

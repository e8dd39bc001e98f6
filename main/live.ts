import type { App } from '../proxy/index.ts'
import type { BackendRow, Output, Route, SentNotice, Status, TurnRow } from '../proxy/app/contract.ts'

/** What the tray shows and the way out asks of the app, kept by its notices. */
export interface Live {
  readonly status: Status
  readonly route: Route
  readonly backends: readonly BackendRow[]
  readonly models: Output<'models.list'>
  readonly tokensToday: number
  /** The ids of the turns that are open. */
  readonly openTurns: ReadonlySet<string>
}

/** Follows the app; `changed` is told what is so from now on, what was so before, and which turns just ended. */
export function followApp(
  { notices, handlers, status }: Pick<App, 'notices' | 'handlers' | 'status'>,
  changed: (now: Live, before: Live, ended: readonly TurnRow[]) => void,
): { readonly now: () => Live } {
  let live: Live = {
    status: status(),
    route: { backend: 'demo', source: 'default' },
    backends: [],
    models: [],
    tokensToday: 0,
    openTurns: new Set(),
  }
  /** Counts the requests for models, so that a late answer does not undo a newer one. */
  let asked = 0

  // Listened to before the snapshot is asked for: while nobody listens, notices are not made.
  notices.listen(notices.seq(), hear)
  void begin()

  async function begin() {
    const { route, backends, counters } = await handlers['app.snapshot']()
    become({ status: status(), route, backends, tokensToday: counters.tokensIn + counters.tokensOut })
    void askForModels()
  }

  function become(change: Partial<Live>, ended: readonly TurnRow[] = []) {
    const before = live
    live = { ...live, ...change }
    changed(live, before, ended)
  }

  function hear(notice: SentNotice) {
    switch (notice.type) {
      case 'status': {
        const starts = notice.body.run === 'running' && live.status.run !== 'running'
        become({ status: notice.body })
        if (starts) void askForModels()
        return
      }
      case 'counters':
        become({ tokensToday: notice.body.tokensIn + notice.body.tokensOut })
        return
      case 'backends':
        become({ backends: notice.body })
        return
      case 'route':
        become({ route: notice.body })
        return
      case 'turns':
        hearTurns(notice.body)
        return
      case 'rush':
      case 'sessions':
        return
      case 'keys':
      case 'settings':
        void askForModels()
    }
  }

  function hearTurns(turns: readonly TurnRow[]) {
    const open = new Set(live.openTurns)
    for (const turn of turns) {
      if (turn.open) open.add(turn.id)
      else open.delete(turn.id)
    }
    const ended = turns.filter(turn => !turn.open)
    // Open turns are told of again and again, for the words that they say.
    if (ended.length > 0 || open.size !== live.openTurns.size) become({ openTurns: open }, ended)
  }

  async function askForModels() {
    const question = ++asked
    // A backend that does not answer has no models to offer; the window says why.
    const models = await Promise.resolve(handlers['models.list']()).catch(() => [])
    if (question === asked) become({ models })
  }

  return { now: () => live }
}

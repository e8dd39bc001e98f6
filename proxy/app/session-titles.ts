import { stretchesOf } from '../commands/typed.ts'
import type { Message } from '../core/request.ts'
import { protocolOf } from '../protocols/index.ts'
import type { Journal } from '../traffic/journal.ts'
import type { TurnRecord } from '../traffic/record.ts'

/** Past this size a request is not read for a line of it, in bytes. */
const READ_BYTES = 1_000_000
/** Titles that are kept, those that were read last. */
const MOST_TITLES = 1000
/** How many requests are read at once for titles: a list is asked for again, and then shows more of them. */
const READ_AT_ONCE = 20
const TITLE_LENGTH = 120

/**
 * Titles of sessions: what the user said first, from requests that are captured in memory. Nothing is kept of them but the
 * line, and that not on disk.
 */
export function createSessionTitles(journal: Pick<Journal, 'live' | 'recent' | 'bodies'>, prefix: () => string) {
  const titles = new Map<string, string>()
  /** Turns that were read in vain, of those that are still in memory. */
  let mute = new Set<string>()

  /** Finds titles for sessions of which none is known yet. */
  async function read(sessions: readonly string[]): Promise<void> {
    const wanted = new Set(sessions.filter(id => !titles.has(id)))
    if (wanted.size === 0) return
    const recent = [...journal.live(), ...journal.recent(Infinity)]
    mute = new Set(recent.flatMap(({ id }) => (mute.has(id) ? [id] : [])))
    const turns = largestOf(recent.filter(({ session = '', id }) => wanted.has(session) && !mute.has(id)))
    for (const { id, session, frontend } of turns.slice(0, READ_AT_ONCE)) {
      const text = (await journal.bodies(id).catch(() => undefined))?.request.text
      const title = text === undefined ? undefined : firstLine(text, frontend, prefix())
      if (title === undefined) mute.add(id)
      else if (session !== undefined) keep(session, title)
    }
  }

  function keep(session: string, title: string) {
    titles.set(session, title)
    const [oldest] = titles.keys()
    if (titles.size > MOST_TITLES && oldest !== undefined) titles.delete(oldest)
  }

  return { read, of: (session: string) => titles.get(session) }
}

/** Of each session the largest request: agents ask small things beside the conversation, in its name. */
function largestOf(turns: readonly TurnRecord[]): readonly TurnRecord[] {
  const largest = new Map<string, TurnRecord>()
  for (const turn of turns) {
    if (turn.session === undefined || turn.way === 'local' || turn.requestBytes > READ_BYTES) continue
    const other = largest.get(turn.session)
    if (other === undefined || turn.requestBytes > other.requestBytes) largest.set(turn.session, turn)
  }
  return [...largest.values()]
}

function firstLine(text: string, frontend: TurnRecord['frontend'], prefix: string): string | undefined {
  try {
    const request = protocolOf(frontend)?.decodeRequest(JSON.parse(text), { model: '', stream: false })
    const lines = request?.messages.filter(({ role }) => role === 'user').flatMap(linesTyped) ?? []
    return lines.find(line => line !== '' && !line.startsWith(prefix))?.slice(0, TITLE_LENGTH)
  } catch {
    // A body that was cut, or that no backend took either.
    return undefined
  }
}

/** The lines in which the user typed something, whole: with the code and the markup that stand in them. */
function linesTyped(message: Message): readonly string[] {
  const stretches = stretchesOf(message)
  return message.parts.flatMap((part, at) => {
    if (part.type !== 'text') return []
    let line = { text: '', isTyped: false }
    const lines = [line]
    for (const { origin, start, end } of stretches[at] ?? []) {
      if (origin === 'context' || origin === 'frame') continue
      part.text
        .slice(start, end)
        .split('\n')
        .forEach((piece, nth) => {
          if (nth > 0) lines.push((line = { text: '', isTyped: false }))
          line.text += piece
          line.isTyped ||= origin === 'typed' && piece.trim() !== ''
        })
    }
    return lines.filter(({ isTyped }) => isTyped).map(({ text }) => text.trim())
  })
}

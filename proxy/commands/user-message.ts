import type { Message, Part } from '../core/request.ts'
import { cutOut, findCommands, type Found } from './find-commands.ts'
import { stretchesOf, type Stretch } from './typed.ts'

/** What commands look like. */
export interface Grammar {
  /** The prefix that counts now, and those that counted before. */
  readonly prefixes: readonly string[]
  readonly names: ReadonlySet<string>
}

/** A message of the user, looked at for commands. */
export interface Looked {
  readonly commands: readonly Found[]
  /** The message without its commands; the same where it has none. */
  readonly rest: Message
  /** Whether the rest says or shows anything besides what its client added. */
  readonly saysMore: boolean
}

/** Finds the commands in a message of the user. */
export function look(message: Message, { prefixes, names }: Grammar): Looked {
  const all = stretchesOf(message)
  const commands: Found[] = []
  let saysMore = false
  const parts = message.parts.flatMap((part, index): Part[] => {
    if (part.type !== 'text') {
      if (part.type !== 'tool-result') saysMore = true
      return [part]
    }
    const stretches = all[index] ?? []
    const found = commandsIn(part.text, stretches, { prefixes, names })
    commands.push(...found)
    const left = stretches
      .filter(({ origin }) => origin === 'typed' || origin === 'quoted')
      .map(stretch => cutOut(part.text.slice(stretch.start, stretch.end), within(stretch, found)))
      .join('')
    if (!isEmpty(left)) saysMore = true
    if (found.length === 0) return [part]
    // Tags around nothing go with what they held.
    const isBare = isEmpty(left) && !stretches.some(({ origin }) => origin === 'context')
    return isBare ? [] : [{ ...part, text: cutOut(part.text, found) }]
  })
  return { commands, rest: commands.length === 0 ? message : { ...message, parts }, saysMore }
}

/** What stays of a message that we answered ourselves: what its client added, and the results of tools. */
export function withoutWords(message: Message): Message {
  const all = stretchesOf(message)
  const parts = message.parts.flatMap((part, index): Part[] => {
    if (part.type === 'tool-result') return [part]
    if (part.type !== 'text') return []
    const text = (all[index] ?? [])
      .filter(({ origin }) => origin === 'context')
      .map(({ start, end }) => part.text.slice(start, end))
      .join('')
    return isEmpty(text) ? [] : [text === part.text ? part : { ...part, text }]
  })
  return { ...message, parts }
}

function commandsIn(text: string, stretches: readonly Stretch[], { prefixes, names }: Grammar): Found[] {
  const found = prefixes.flatMap(prefix => findCommands(text, stretches, { prefix, names }))
  if (prefixes.length === 1) return found
  // Two prefixes may begin alike, and then find the same command.
  return found
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((one, at, sorted) => sorted.slice(0, at).every(({ end }) => one.start >= end))
}

function within({ start, end }: Stretch, found: readonly Found[]) {
  return found
    .filter(one => one.start >= start && one.end <= end)
    .map(one => ({ start: one.start - start, end: one.end - start }))
}

/** Nothing but spaces, or the empty quotes that are left of a quoted argument (opencode's `run` quotes what it is given). */
function isEmpty(text: string): boolean {
  return /^\s*(?:"\s*")?\s*$/.test(text)
}

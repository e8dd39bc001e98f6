import { nearest } from '../config/nearest.ts'
import { parseCall, type Call } from './parse-command.ts'
import type { Stretch } from './typed.ts'

/** A command in a text, with its prefix. */
export interface Found {
  readonly call: Call
  readonly start: number
  readonly end: number
  /** Whether text follows it on its line, other than the next command. */
  readonly isFollowed: boolean
}

/**
 * The commands in what the user typed, in order. A command stands behind a space or at the beginning of a line, and before a
 * space, a full stop or the end. Without brackets it must be a known one at either end of its line, or alone on it; one that
 * nobody knows counts where it can only be meant as one: at the beginning of a line, or with a name that is nearly right.
 */
export function findCommands(
  text: string,
  stretches: readonly Stretch[],
  { prefix, names }: { readonly prefix: string; readonly names: ReadonlySet<string> },
): readonly Found[] {
  if (!text.includes(prefix)) return []
  const found: Found[] = []
  for (const { origin, start, end } of stretches) {
    if (origin !== 'typed') continue
    let at = text.indexOf(prefix, start)
    while (at !== -1 && at < end) {
      const command = commandAt(text.slice(0, end), at, { prefix, names, from: start, before: found.at(-1)?.end })
      if (command !== undefined) found.push(command)
      at = text.indexOf(prefix, command?.end ?? at + prefix.length)
    }
  }
  return found
}

interface Surroundings {
  readonly prefix: string
  readonly names: ReadonlySet<string>
  /** Where the stretch begins. */
  readonly from: number
  /** Where the command before ends. */
  readonly before: number | undefined
}

function commandAt(text: string, start: number, { prefix, names, from, before }: Surroundings): Found | undefined {
  if (!(start === from || start === before || /[\s"]/.test(text.charAt(start - 1)))) return undefined
  const call = parseCall(text, start + prefix.length)
  if (call === undefined) return undefined
  const isKnown = names.has(call.name.toLowerCase())
  if (!isKnown && !call.isClosed) return undefined
  const rest = text.slice(call.end)
  if (!(/^(?:$|[\s"]|[.,;:!?]+(?:\s|$))/.test(rest) || rest.startsWith(prefix))) return undefined
  const lineBefore = text.slice(Math.max(from, before ?? 0, text.lastIndexOf('\n', start - 1) + 1), start)
  const isFirst = /^[\s"]*$/.test(lineBefore)
  const isLast = /^[^\S\n]*(?:\n|$|")/.test(rest) || rest.trimStart().startsWith(prefix)
  const counts = isKnown
    ? call.hasBrackets || isFirst || isLast
    : (isFirst && (call.hasBrackets || isLast)) || (call.hasBrackets && nearest(call.name, [...names]) !== undefined)
  return counts ? { call, start, end: call.end, isFollowed: !isLast } : undefined
}

/** A text without the commands in it: a line that held nothing else goes with them, and so do empty lines at the ends. */
export function cutOut(text: string, found: readonly Pick<Found, 'start' | 'end'>[]): string {
  let rest = text
  for (const { start, end } of [...found].reverse()) rest = joined(rest.slice(0, start), rest.slice(end))
  return rest
}

function joined(before: string, after: string): string {
  if (after.trim() === '') return before.trimEnd()
  if (before.trim() === '') return after.trimStart()
  const head = before.replace(/[^\S\n]+$/, '')
  const tail = after.replace(/^[^\S\n]+/, '')
  const isLineStart = /(?:\n|^")$/.test(head)
  if (isLineStart && tail.startsWith('\n')) return head + tail.slice(1)
  return isLineStart || /^[\n"]/.test(tail) ? head + tail : `${head} ${tail}`
}

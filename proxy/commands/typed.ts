import type { Message } from '../core/request.ts'

/**
 * What a stretch of a user's message is. `typed` is what the user wrote, where commands are looked for. `quoted` is what the
 * user shows: code, quotations, files, pasted markup. `context` is what the client put there without being asked. `frame` is
 * the tags that a client puts around what the user wrote.
 */
export type Origin = 'typed' | 'quoted' | 'context' | 'frame'

/** A stretch of one text part. */
export interface Stretch {
  readonly origin: Origin
  readonly start: number
  readonly end: number
}

/**
 * Tells what the user typed in a message from what else stands in it, as agents send it: a list of stretches for each part,
 * without gaps; parts that are no text have none.
 *
 * Facts, from the agents' requests: Claude Code puts `<system-reminder>` parts around the user's; Codex sends its context as
 * messages of their own; Gemini CLI and Qwen Code put files between `--- Content from referenced files ---` and
 * `--- End of content ---`, in parts of their own; Cline wraps what was typed into `<user_input>`, `<task>` or `<feedback>`,
 * and files into `<file_content>`; older Cline and Roo Code send results of tools as text `[tool for 'x'] Result:`.
 */
export function stretchesOf({ parts }: Message): readonly (readonly Stretch[])[] {
  const texts = parts.map(part => (part.type === 'text' ? part.text : ''))
  const isSeveral = texts.filter(text => text !== '').length > 1
  const endOfFiles = texts.findLastIndex(text => text.trim() === FILES_END)
  const own: Origin = isFromEditor(texts) ? 'context' : 'typed'
  let outer: Origin = own
  return texts.map((text, index) => {
    if (text === '') return []
    if (index < endOfFiles && filesBegin.test(text)) outer = 'quoted'
    if (/^\s*\[[\w-]+(?: for [^\n]*)?\] Result:/.test(text) && own === 'typed') outer = 'quoted'
    // A part that is one reminder from its first to its last letter is one whatever stands inside: a file that it shows
    // may hold the end of a reminder.
    const whole = isSeveral ? /^\s*<([\w-]+)[^>]*>[\s\S]*<\/\1>\s*$/.exec(text)?.[1] : undefined
    const stretches: readonly Stretch[] =
      whole !== undefined && originOfTag(whole) === 'context'
        ? [{ origin: 'context', start: 0, end: text.length }]
        : divided(text, 0, text.length, outer)
    if (index === endOfFiles) outer = own
    return stretches
  })
}

const FILES_END = '--- End of content ---'
const filesBegin = /^\s*--- Content from referenced files ---/

/** Whether a message is one of Cline or Roo Code in an editor: then only what stands in their tags was typed. */
function isFromEditor(texts: readonly string[]): boolean {
  const tags = texts.flatMap(text => [...text.matchAll(/^\s*<(\w+)/gm)].map(([, tag = '']) => tag))
  return tags.includes('environment_details') && tags.some(tag => originOfTag(tag) === 'typed')
}

/** Tags around what the user typed. */
const wrappers =
  /^(?:task|feedback|answer|message|prompt|query|question|request|user(?:input|message|query|request|prompt|text))$/

/** Tags around what clients add of themselves. */
const contexts =
  /(?:reminder|context|environmentdetails|instructions?|notice|environment|metadata|permissions|skills?|selection|openedfile|diagnostics|caveat)$/

function originOfTag(tag: string): Origin {
  const name = tag.toLowerCase().replaceAll(/[-_]/g, '')
  if (wrappers.test(name)) return 'typed'
  return contexts.test(name) ? 'context' : 'quoted'
}

/** Things that begin another stretch: a fence, code within a line, a quoted line, a tag, the headings of Codex and Gemini CLI. */
const openings =
  /(?<fence>^[ \t]*(?<sign>`{3,}|~{3,}))|(?<ticks>`+)|(?<quote>^[ \t]*>)|<(?<tag>[A-Za-z][\w-]*)(?:\s[^<>]*)?(?<!\/)>|(?<agents>^# AGENTS\.md instructions[^\n]*)|(?<ide>^# Context from my IDE setup:)|(?<files>^--- Content from referenced files ---$)/gm

/** The stretches between two places, whose own words are of one origin. */
function divided(text: string, start: number, end: number, own: Origin): Stretch[] {
  const stretches: Stretch[] = []
  let at = start
  const add = (origin: Origin, until: number) => {
    if (until > at) stretches.push({ origin, start: at, end: until })
    at = Math.max(at, until)
  }
  /** Tags without an end: looked for once, since a text may hold thousands of `<br>`. */
  const unclosed = new Set<string>()
  const expression = new RegExp(openings)
  expression.lastIndex = start
  for (let found = expression.exec(text); found !== null && found.index < end; found = expression.exec(text)) {
    const block = blockAt(text, found, { end, own, unclosed })
    if (block === undefined) continue
    add(own, found.index)
    if (block.inside === undefined) add(block.origin, block.end)
    else {
      add('frame', block.inside.start)
      stretches.push(...divided(text, block.inside.start, block.inside.end, 'typed'))
      at = block.inside.end
      add('frame', block.end)
    }
    expression.lastIndex = block.end
  }
  add(own, end)
  return stretches
}

interface Block {
  readonly origin: Origin
  readonly end: number
  /** What stands in it that was typed by the user. */
  readonly inside?: { readonly start: number; readonly end: number } | undefined
}

/** The block that begins here; nothing if what looks like one is never closed. */
function blockAt(
  text: string,
  found: RegExpExecArray,
  { end, own, unclosed }: { end: number; own: Origin; unclosed: Set<string> },
): Block | undefined {
  const { sign, fence, ticks, quote, tag, agents, ide, files } = found.groups ?? {}
  const after = found.index + found[0].length
  const code = own === 'context' ? 'context' : 'quoted'
  if (fence !== undefined && sign !== undefined) return { origin: code, end: endOfFence(text, after, end, sign) }
  if (ticks !== undefined) {
    const close = endOfTicks(text, after, end, ticks)
    return close === undefined ? undefined : { origin: code, end: close }
  }
  if (quote !== undefined) return { origin: code, end: endOfLine(text, after, end) }
  if (files !== undefined) {
    const close = text.slice(0, end).lastIndexOf(FILES_END)
    return { origin: code, end: close < after ? end : close + FILES_END.length }
  }
  if (agents !== undefined) return { origin: 'context', end: after }
  if (ide !== undefined) {
    const request = /^## My request for Codex:[ \t]*$/m
    request.lastIndex = 0
    const rest = request.exec(text.slice(after, end))
    return { origin: 'context', end: rest === null ? end : after + rest.index + rest[0].length }
  }
  if (tag === undefined || unclosed.has(tag)) return undefined
  const close = endOfTag(text, after, end, tag)
  if (close === undefined) {
    unclosed.add(tag)
    return undefined
  }
  const origin = originOfTag(tag)
  return origin === 'typed'
    ? { origin, end: close.end, inside: { start: after, end: close.start } }
    : { origin: own === 'context' ? 'context' : origin, end: close.end }
}

/** A fence that is never closed reaches to the end. */
function endOfFence(text: string, after: number, end: number, sign: string): number {
  const close = new RegExp(`^[ \\t]*${sign.charAt(0)}{${sign.length},}[ \\t]*$`, 'gm')
  close.lastIndex = endOfLine(text, after, end)
  const found = close.exec(text)
  return found === null || found.index >= end ? end : found.index + found[0].length
}

/** As many backticks as opened it, before the paragraph ends. */
function endOfTicks(text: string, after: number, end: number, ticks: string): number | undefined {
  const close = new RegExp(`(?<!\`)\`{${ticks.length}}(?!\`)|\\n[ \\t]*\\n`, 'g')
  close.lastIndex = after
  const found = close.exec(text)
  if (found === null || found.index >= end || found[0].startsWith('\n')) return undefined
  return found.index + found[0].length
}

function endOfLine(text: string, after: number, end: number): number {
  const line = text.indexOf('\n', after)
  return line === -1 || line > end ? end : line
}

/**
 * Where a tag is closed. Where there are more ends of it than beginnings, the last one counts: what it holds may show ends
 * of its own, and must not get out by them.
 */
function endOfTag(text: string, after: number, end: number, tag: string): { start: number; end: number } | undefined {
  const tags = new RegExp(`<(/?)${tag}(?:\\s[^<>]*)?(?<!/)>`, 'g')
  tags.lastIndex = after
  let open = 1
  let close: { start: number; end: number } | undefined
  for (let found = tags.exec(text); found !== null && found.index < end; found = tags.exec(text)) {
    const here = { start: found.index, end: found.index + found[0].length }
    if (found[1] === '') open++
    else if (open === 0) close = here
    else if (--open === 0) close ??= here
  }
  return close
}

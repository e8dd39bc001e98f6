import type { Message, Part } from '../core/request.ts'
import { isOurs } from './mark.ts'
import { look, withoutWords, type Grammar } from './user-message.ts'

/**
 * The replayed history as if nobody had talked to the proxy: commands are cut out, and our answers go together with what
 * they answer. What stays of an answered message (its client's context, results of tools) goes on with the user's next one,
 * so that roles go on taking turns and no tool call is left without its result. The same array where nothing is cut.
 *
 * In the message at `last`, which the user typed now, only the first prefix of the grammar counts.
 */
export function withoutOurTalk(messages: readonly Message[], grammar: Grammar, last: number): readonly Message[] {
  let isChanged = false
  const kept: Message[] = []
  /** What is to go on with the user's next message, and what stood behind it. */
  let waiting: { parts: readonly Part[]; behind: readonly Message[] } | undefined

  const grammarNow = { ...grammar, prefixes: grammar.prefixes.slice(0, 1) }

  for (const [at, message] of messages.entries()) {
    if (isOurs(message)) {
      isChanged = true
      const answered = takeAnswered(kept)
      waiting = {
        parts: [...(waiting?.parts ?? []), ...answered.parts],
        behind: [...(waiting?.behind ?? []), ...answered.behind],
      }
      continue
    }
    if (message.role !== 'user') {
      kept.push(message)
      continue
    }
    const { commands, rest } = look(message, at === last ? grammarNow : grammar)
    if (commands.length > 0) isChanged = true
    if (waiting === undefined) {
      kept.push(rest)
      continue
    }
    kept.push({ ...rest, parts: [...waiting.parts, ...rest.parts] }, ...waiting.behind)
    waiting = undefined
  }
  if (waiting !== undefined) kept.push({ role: 'user', parts: waiting.parts }, ...waiting.behind)
  return isChanged ? kept.filter(({ parts }) => parts.length > 0) : messages
}

/** Takes from the end of the history the user's message that was answered, and what stands behind it. */
function takeAnswered(kept: Message[]): { parts: readonly Part[]; behind: readonly Message[] } {
  const at = kept.findLastIndex(({ role }) => role !== 'system')
  const answered = kept[at]
  if (answered?.role !== 'user') return { parts: [], behind: [] }
  const behind = kept.splice(at).slice(1)
  return { parts: withoutWords(answered).parts, behind }
}

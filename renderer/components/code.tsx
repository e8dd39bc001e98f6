import { clsx } from 'clsx'
import { memo } from 'react'

/** Above this many characters text is shown without colours, which would be more elements than a page is good for. */
const COLOURED_AT_MOST = 60_000

/** The tokens of JSON that have a colour: strings (a name if a colon follows), numbers, and the three words. */
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g

interface CodeProps {
  readonly text: string
  readonly wraps: boolean
  readonly isJson: boolean
}

/** Text of a machine, as it is or with the colours of JSON. */
export const Code = memo(({ text, wraps, isJson }: CodeProps) => (
  <pre className={clsx('flex-1 px-4 py-3 font-mono text-small', wraps ? 'break-words whitespace-pre-wrap' : 'w-max')}>
    {isJson && text.length <= COLOURED_AT_MOST ? coloured(text) : text}
  </pre>
))
Code.displayName = 'Code'

function coloured(text: string) {
  const parts = []
  let from = 0
  for (const match of text.matchAll(token)) {
    const [whole, string, colon] = match
    const inked = colon === undefined ? whole : (string ?? whole)
    parts.push(text.slice(from, match.index))
    parts.push(
      <span
        key={match.index}
        className={string === undefined ? 'text-live' : colon === undefined ? 'text-ok' : 'text-info'}
      >
        {inked}
      </span>,
    )
    from = match.index + inked.length
  }
  parts.push(text.slice(from))
  return parts
}

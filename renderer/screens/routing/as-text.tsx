import { clsx } from 'clsx'
import { useEffect, useId, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { TextProblem } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Button } from '../../components/button.tsx'
import { Card, Empty } from '../../components/panel.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { ToneIcon } from '../../components/state.tsx'
import { useRoutingText } from '../../stores/routing-text.ts'
import { text } from '../../text/text.ts'
import { type DiffLine, lineDiff } from './line-diff.ts'

const words = text.routing.text

/** The routing part of the config file, to be edited as its owner wrote it. */
export function AsText({ file }: { readonly file: string }) {
  const { was, text: typed, problems, error, load } = useRoutingText()
  const area = useRef<HTMLTextAreaElement>(null)
  const hint = useId()
  useEffect(() => void load(), [load])

  if (error !== undefined) {
    return (
      <Empty title={words.none} hint={error}>
        <Button onClick={() => void useRoutingText.getState().discard()}>{text.actions.retry}</Button>
      </Empty>
    )
  }
  if (was === undefined) {
    return (
      <Loading>
        <Bone className="h-80" />
      </Loading>
    )
  }
  const lines = typed.split('\n').length
  return (
    <>
      <p id={hint} className="text-text-2">
        {words.hint(file)}
      </p>
      <Card className="flex overflow-hidden focus-within:border-accent">
        <pre
          aria-hidden
          className="border-r border-line bg-inset px-2 py-2 text-right font-mono text-small text-text-3 select-none"
        >
          {Array.from({ length: lines }, (_, at) => (
            <span
              key={at}
              className={clsx('block', problems.some(({ line }) => line === at + 1) && 'bg-error-soft text-error')}
            >
              {at + 1}
            </span>
          ))}
        </pre>
        <textarea
          ref={area}
          aria-label={words.label}
          aria-describedby={hint}
          aria-invalid={problems.length > 0}
          spellCheck={false}
          wrap="off"
          rows={Math.max(lines, 12)}
          value={typed}
          onChange={event => void attempt(useRoutingText.getState().type(event.target.value))}
          className="min-w-0 flex-1 resize-none overflow-x-auto overflow-y-hidden bg-surface px-3 py-2 font-mono text-small focus-visible:outline-none"
        />
      </Card>
      {typed !== was && (
        <Unsaved was={was} typed={typed} problems={problems} onGo={line => select(area.current, line)} />
      )}
    </>
  )
}

function Problems({
  problems,
  onGo,
}: {
  readonly problems: readonly TextProblem[]
  readonly onGo: (line: number) => void
}) {
  return (
    <div role="status" className="max-h-24 shrink-0 overflow-y-auto pt-2">
      {problems.length === 0 ? (
        <p className="flex items-center gap-1.5 text-text-2">
          <ToneIcon tone="ok" />
          {words.right}
        </p>
      ) : (
        <ul aria-label={words.problems(problems.length)} className="flex flex-col gap-1">
          {problems.map(({ line, column = 1, message }, at) => (
            <li key={at} className="flex items-start gap-1.5">
              <span className="pt-1.25">
                <ToneIcon tone="error" />
              </span>
              <p className="selectable min-w-0 break-words">
                {line !== undefined && (
                  <>
                    <button
                      type="button"
                      onClick={() => onGo(line)}
                      className="min-h-6 rounded-control px-1 font-medium text-accent underline hover:bg-hover"
                    >
                      {words.at(line, column)}
                    </button>{' '}
                  </>
                )}
                {message}
              </p>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

interface UnsavedProps {
  readonly was: string
  readonly typed: string
  readonly problems: readonly TextProblem[]
  readonly onGo: (line: number) => void
}

/** What was typed and not saved: how much, what exactly, what is wrong with it, and what becomes of it. */
function Unsaved({ was, typed, problems, onGo }: UnsavedProps) {
  const [isShown, setShown] = useState(false)
  const diff = lineDiff(was, typed)
  const count = (type: DiffLine['type']) => diff.filter(line => line.type === type).length
  const save = async () => {
    if ((await attempt(useRoutingText.getState().save())) === true) toast(words.saved)
  }
  return (
    <section
      aria-label={words.unsaved}
      className="sticky bottom-0 -mx-5 mt-auto -mb-5 flex max-h-[50vh] flex-col border-t border-line bg-surface px-5 shadow-lift"
    >
      {isShown && <Diff diff={diff} />}
      <Problems problems={problems} onGo={onGo} />
      <div className="flex flex-wrap items-center gap-2 py-2">
        <p className="min-w-0 flex-1">
          <span className="font-semibold">{words.unsaved}</span>
          <span className="text-text-3">{` · ${words.added(count('added'))} · ${words.removed(count('removed'))}`}</span>
        </p>
        <Button aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? words.hideDiff : words.showDiff}
        </Button>
        <Button onClick={() => void useRoutingText.getState().discard()}>{words.discard}</Button>
        <Button look="primary" disabled={problems.length > 0} onClick={() => void save()}>
          {text.routing.save}
        </Button>
      </div>
    </section>
  )
}

/** How many lines that stay are shown around a change. */
const AROUND = 2

const looks = {
  same: { sign: ' ', className: 'text-text-2' },
  added: { sign: '+', className: 'bg-ok-soft text-ok' },
  removed: { sign: '−', className: 'bg-error-soft text-error' },
} as const

function Diff({ diff }: { readonly diff: readonly DiffLine[] }) {
  const changed = new Set(diff.flatMap(({ type }, at) => (type === 'same' ? [] : [at])))
  const isNear = (at: number) =>
    Array.from({ length: 2 * AROUND + 1 }, (_, step) => at + step - AROUND).some(near => changed.has(near))
  return (
    <pre
      tabIndex={0}
      aria-label={words.diff}
      className="min-h-0 overflow-auto -mx-5 border-b border-line py-1 font-mono text-small"
    >
      {diff.map(({ type, line }, at) => {
        if (isNear(at)) {
          return (
            <span key={at} className={clsx('block w-max min-w-full px-5', looks[type].className)}>
              {`${looks[type].sign} ${line}`}
            </span>
          )
        }
        // A stretch of lines that stay is told by its first.
        if (at > 0 && !isNear(at - 1)) return null
        const next = diff.findIndex((_, later) => later > at && isNear(later))
        return (
          <span key={at} className="block px-5 text-text-3">
            {`⋯ ${words.unchanged((next === -1 ? diff.length : next) - at)}`}
          </span>
        )
      })}
    </pre>
  )
}

/** Puts the cursor on a line, the whole of it selected. */
function select(area: HTMLTextAreaElement | null, line: number) {
  if (area === null) return
  const lines = area.value.split('\n')
  const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
  area.focus()
  area.setSelectionRange(start, start + (lines[line - 1] ?? '').length)
}

import type { TurnRow } from '../../../../proxy/app/contract.ts'
import { type Fact, FactList } from '../../../components/facts.tsx'
import { ToneIcon } from '../../../components/state.tsx'
import { toneOf } from '../../../outcomes.ts'
import { moment, tokens } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'
import { costWord } from '../turn-figures.ts'

const words = text.detail.summary

/** What happened, in words. */
export function Summary({ turn }: { readonly turn: TurnRow }) {
  const way = turn.way === undefined ? undefined : text.detail.way[turn.way]
  const facts: readonly Fact[] = [
    [words.asked, turn.asked],
    [words.served, turn.served],
    [words.backend, turn.backend],
    [words.way, way],
    [words.why, turn.why],
    [words.dropped, turn.dropped],
    [words.credential, turn.credential],
    [words.attempts, linesOf(turn.attempts.filter(({ phase }) => phase === undefined))],
    [words.phases, linesOf(turn.attempts.filter(({ phase }) => phase !== undefined))],
    [words.client, turn.client],
    [words.frontend, `${turn.frontend} · ${turn.path} · ${turn.streamed ? text.detail.streamed : text.detail.whole}`],
    [words.started, moment(turn.at)],
    [text.detail.facts.stopReason, turn.stopReason],
    [words.cacheWrite, turn.cacheWrite === undefined ? undefined : tokens(turn.cacheWrite)],
    [words.upstreamId, turn.upstreamId],
    [words.session, turn.session && <SessionLink id={turn.session} />],
    [words.id, turn.id],
  ]
  return (
    <div className="flex flex-col gap-4 p-4">
      {turn.error !== undefined && (
        <div className="flex gap-2 rounded-card border border-line bg-inset p-3">
          <ToneIcon tone={toneOf(turn)} size={16} />
          <p className="selectable min-w-0 break-words whitespace-pre-wrap">{turn.error}</p>
        </div>
      )}
      {turn.words !== undefined && (
        <div>
          <h3 className="pb-1 text-caption font-medium text-text-3">{turn.open ? words.words : words.firstWords}</h3>
          <p className="selectable rounded-card border border-line bg-inset px-3 py-2 font-mono text-small break-words whitespace-pre-wrap">
            {turn.words}
          </p>
        </div>
      )}
      <FactList facts={facts.filter(([, value]) => value !== undefined)} />
    </div>
  )
}

function SessionLink({ id }: { readonly id: string }) {
  return (
    <a href={`#/sessions?session=${id}`} className="text-accent hover:underline">
      {id}
    </a>
  )
}

function linesOf(attempts: TurnRow['attempts']): string | undefined {
  return attempts.length === 0 ? undefined : attempts.map(attemptLine).join('\n')
}

/** `thinking: openai:o5 (keychain:openai): 1.2k in, 84 out, $0.0042`, or with what it failed by. */
function attemptLine(attempt: TurnRow['attempts'][number]): string {
  const { backend, model, credential, phase, error, tokensIn, tokensOut, isEstimate, cost } = attempt
  const told = [
    ...(tokensIn === undefined ? [] : [words.tokens(tokens(tokensIn), tokens(tokensOut))]),
    ...(isEstimate === true ? [words.estimate] : []),
    ...(cost === undefined ? [] : [costWord(cost)]),
    ...(error === undefined ? [] : [error]),
  ]
  const name = `${backend}:${model}${credential === undefined ? '' : ` (${credential})`}`
  return `${phase === undefined ? '' : `${words.phase[phase]}: `}${name}${told.length === 0 ? '' : `: ${told.join(', ')}`}`
}

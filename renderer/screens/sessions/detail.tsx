import { Activity, Copy, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import type { SessionDetail as Detail, SessionRow } from '../../../proxy/app/contract.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { copy } from '../../components/copy.tsx'
import { type Fact, FactList, FactStrip } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { DetailFrame } from '../../frame/detail-frame.tsx'
import { goTo } from '../../stores/place.ts'
import { ago, moment, number, tokens } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { Changes } from './changes.tsx'
import { ForgetSession } from './forget.tsx'
import { SESSION_DETAIL } from './ids.ts'
import { useSession } from './use-session.ts'
import { costInWords, titleOf } from './words.ts'

const words = text.sessions

/** All there is to know of one conversation, and what can be changed in it. */
export function SessionDetail({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [tries, setTries] = useState(0)
  const loaded = useSession(id, tries)
  return (
    <DetailFrame
      id={SESSION_DETAIL}
      label={words.detail}
      head={loaded.state === 'loaded' ? <Head session={loaded.detail.session} onClose={onClose} /> : undefined}
      loaded={loaded}
      missing={{ title: words.missing, hint: words.missingHint }}
      onRetry={() => setTries(tries + 1)}
      onClose={onClose}
    >
      {detail => <Body detail={detail} />}
    </DetailFrame>
  )
}

function Body({ detail: { session, route, settings } }: { readonly detail: Detail }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-auto p-4">
      <Panel title={words.route.title}>
        <Route route={route} />
      </Panel>
      <Changes session={session} settings={settings} />
      <Panel title={words.about}>
        <FactList facts={factsOf(session)} />
      </Panel>
    </div>
  )
}

function Head({ session, onClose }: { readonly session: SessionRow; readonly onClose: () => void }) {
  const [isForgetting, setForgetting] = useState(false)
  const { id, client, turns, errors, tokensIn, tokensOut, seenAt } = session
  const facts: Fact[] = [
    [words.column.turns, number(turns)],
    [words.column.errors, number(errors)],
    [words.column.tokens, `${tokens(tokensIn)} / ${tokens(tokensOut)}`],
    [words.column.cost, costInWords(session)],
  ]
  return (
    <header className="flex flex-col gap-3 border-b border-line px-4 pt-3 pb-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 title={titleOf(session)} className="selectable line-clamp-2 text-title font-semibold break-words">
            {titleOf(session)}
          </h2>
          <p className="flex items-center gap-1 text-small text-text-3">
            <span className="truncate">
              {client ?? words.unknownClient} · {ago(seenAt)}
            </span>
            <IconButton icon={Copy} size="small" label={`${words.copyId}: ${id}`} onClick={() => void copy(id)} />
          </p>
        </div>
        <Button icon={Activity} onClick={() => goTo('traffic', { session: id })}>
          {words.showTraffic}
        </Button>
        <IconButton icon={Trash2} label={words.forget} onClick={() => setForgetting(true)} />
        <IconButton icon={X} label={text.detail.close} onClick={onClose} className="-mr-1.5" />
      </div>
      <FactStrip facts={facts} />
      {isForgetting && <ForgetSession of={session} onForgotten={onClose} onClose={() => setForgetting(false)} />}
    </header>
  )
}

function Route({ route }: { readonly route: Detail['route'] }) {
  if (route === undefined) return <p className="text-text-2">{words.route.stopped}</p>
  const { asked, to, by, error, steps } = route
  return (
    <div className="flex flex-col gap-2">
      <p className="selectable break-words">
        {asked === '' ? words.route.noModel : words.route.asks(asked)}{' '}
        {error === undefined ? (
          <strong className="font-semibold">{words.route.goes(to ?? '', by ?? '')}</strong>
        ) : (
          <span className="text-error">{error}</span>
        )}
      </p>
      <details>
        <summary className="w-fit cursor-pointer text-small text-text-2">{words.route.steps}</summary>
        <ol className="mt-1 list-decimal pl-6 text-small text-text-2">
          {steps.map(step => (
            <li key={step} className="selectable break-words">
              {step}
            </li>
          ))}
        </ol>
      </details>
    </div>
  )
}

function factsOf({ from, projectDir, project, models, startedAt, seenAt, id }: SessionRow): Fact[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    [words.from, from],
    [words.project, project],
    [words.column.folder, projectDir],
    [words.column.models, models.length === 0 ? undefined : models.join(', ')],
    [words.column.started, moment(startedAt)],
    [words.column.seen, moment(seenAt)],
    [words.id, id],
  ]
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined)
}

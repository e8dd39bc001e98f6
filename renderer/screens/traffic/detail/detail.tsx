import { ArrowRight, CircleStop, Copy, Terminal, X } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { type ReactNode, useEffect, useState } from 'react'
import type { TurnDetail, TurnRow } from '../../../../proxy/app/contract.ts'
import { attempt } from '../../../attempt.ts'
import { call } from '../../../bridge.ts'
import { Button, IconButton } from '../../../components/button.tsx'
import { copy } from '../../../components/copy.tsx'
import { StateTag, turnWord } from '../../../components/state.tsx'
import { DetailFrame } from '../../../frame/detail-frame.tsx'
import { press } from '../../../frame/keyboard.ts'
import { toneOf } from '../../../outcomes.ts'
import { refine, usePlace } from '../../../stores/place.ts'
import { dayOf, timeOfDay } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'
import { copyCurl } from '../copy-curl.ts'
import { RequestBody, ResponseBody } from './bodies.tsx'
import { FactsOfTurn } from './facts-of-turn.tsx'
import { Headers } from './headers.tsx'
import { Summary } from './summary.tsx'
import { DETAIL, isTab, type Tab, tabs } from './tabs.ts'
import { useDetail } from './use-detail.ts'

const words = text.detail

interface DetailProps {
  readonly id: string
  /** The turn as the list has it, if it does. */
  readonly row: TurnRow | undefined
  readonly onClose: () => void
}

/** All there is to know of one request. */
export function Detail({ id, row, onClose }: DetailProps) {
  const [tries, setTries] = useState(0)
  const loaded = useDetail(id, row, tries)
  const turn = row ?? (loaded.state === 'loaded' ? loaded.detail.turn : undefined)
  return (
    <DetailFrame
      id={DETAIL}
      label={words.label}
      head={
        turn === undefined ? undefined : (
          <Head turn={turn} detail={loaded.state === 'loaded' ? loaded.detail : undefined} onClose={onClose} />
        )
      }
      loaded={loaded}
      missing={{ title: words.missing }}
      onRetry={() => setTries(tries + 1)}
      onClose={onClose}
    >
      {detail => <Body detail={detail} turn={row ?? detail.turn} />}
    </DetailFrame>
  )
}

function Head({ turn, detail, onClose }: { turn: TurnRow; detail: TurnDetail | undefined; onClose: () => void }) {
  const { asked, served, client, at, id } = turn
  return (
    <header className="flex flex-col gap-3 border-b border-line px-4 pt-3 pb-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="flex min-h-7 flex-wrap items-center gap-x-2 gap-y-1 text-title font-semibold">
            <StateTag tone={toneOf(turn)}>{turnWord(turn)}</StateTag>
            <span className="selectable min-w-0 break-all">{asked === '' ? served : asked}</span>
            {served !== undefined && asked !== '' && asked !== served && (
              <>
                <ArrowRight size={13} className="text-text-3" aria-label="→" />
                <span className="selectable min-w-0 break-all">{served}</span>
              </>
            )}
          </h2>
          <p className="flex items-center gap-1 text-small text-text-3">
            <span className="truncate">
              {client} · {dayOf(at)}, {timeOfDay(at)}
            </span>
            <IconButton icon={Copy} size="small" label={`${words.copyId}: ${id}`} onClick={() => void copy(id)} />
          </p>
        </div>
        {turn.open ? (
          <Button icon={CircleStop} look="danger" onClick={() => void attempt(call('turns.stop', { id }))}>
            {words.stop}
          </Button>
        ) : (
          <Button
            icon={Terminal}
            disabled={detail === undefined}
            aria-label={words.copyCurl}
            onClick={() => detail && void copyCurl(detail)}
          >
            curl
          </Button>
        )}
        <IconButton icon={X} label={words.close} onClick={onClose} className="-mr-1.5" />
      </div>
      <FactsOfTurn turn={turn} />
    </header>
  )
}

function Body({ detail, turn }: { readonly detail: TurnDetail; readonly turn: TurnRow }) {
  const { params } = usePlace()
  const asked = params.get('tab')
  const tab = isTab(asked) ? asked : 'summary'
  useNumberKeys()
  return (
    <Tabs.Root value={tab} onValueChange={openTab} className="flex min-h-0 flex-1 flex-col">
      <Tabs.List aria-label={words.label} className="flex h-9 shrink-0 gap-4 border-b border-line px-4">
        {tabs.map(name => (
          <Tabs.Trigger
            key={name}
            value={name}
            className="-mb-px border-b-2 border-transparent text-text-2 transition-colors duration-100 hover:text-text focus-visible:-outline-offset-2 data-[state=active]:border-accent data-[state=active]:font-semibold data-[state=active]:text-text"
          >
            {words.tabs[name]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Panel name="summary">
        <Summary turn={turn} />
      </Panel>
      <Panel name="request">
        <RequestBody detail={detail} />
      </Panel>
      <Panel name="response">
        <ResponseBody detail={detail} />
      </Panel>
      <Panel name="headers">
        <Headers detail={detail} />
      </Panel>
    </Tabs.Root>
  )
}

function Panel({ name, children }: { readonly name: Tab; readonly children: ReactNode }) {
  return (
    <Tabs.Content value={name} className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2">
      {children}
    </Tabs.Content>
  )
}

function openTab(tab: string) {
  refine({ tab: tab === 'summary' ? undefined : tab })
}

function useNumberKeys() {
  useEffect(() => {
    const shortcuts = Object.fromEntries(tabs.map((tab, i) => [String(i + 1), () => openTab(tab)]))
    const pressed = (event: KeyboardEvent) => void press(event, shortcuts)
    window.addEventListener('keydown', pressed)
    return () => window.removeEventListener('keydown', pressed)
  }, [])
}

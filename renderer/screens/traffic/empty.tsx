import { Inbox, Play, Radio, SearchX, Send } from 'lucide-react'
import { useEffect } from 'react'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy.tsx'
import { Empty } from '../../components/panel.tsx'
import { baseUrl } from '../../frame/frontends.ts'
import { toggleProxy } from '../../frame/run-control.tsx'
import { sendTest } from '../../frame/send-test.ts'
import { useStatus } from '../../stores/status.ts'
import type { Filter } from '../../stores/turn-list.ts'
import { reachOf, useTurns } from '../../stores/turns.ts'
import { text } from '../../text/text.ts'
import { clearFilter } from './filter.ts'

const words = text.traffic

interface TrafficEmptyProps {
  readonly filter: Filter
  readonly isFiltering: boolean
  /** Turns that were looked through. */
  readonly searched: number
}

/** Why the list is empty, and what to do about it. */
export function TrafficEmpty({ filter, isFiltering, searched }: TrafficEmptyProps) {
  const status = useStatus(state => state.status)
  if (isFiltering && searched > 0) return <NoMatch filter={filter} />
  if (status !== undefined && status.run !== 'running') {
    return (
      <Empty icon={Radio} title={words.emptyStopped} hint={words.emptyStoppedHint}>
        {(status.run === 'stopped' || status.run === 'failed') && (
          <Button look="primary" icon={Play} onClick={() => void toggleProxy()}>
            {text.run.startProxy}
          </Button>
        )}
      </Empty>
    )
  }
  const snippet = `curl ${baseUrl(status?.url ?? '')}/chat/completions \\\n  -H 'content-type: application/json' \\\n  -d '{"model": "demo:demo", "messages": [{"role": "user", "content": "Hello"}]}'`
  return (
    <Empty
      icon={Inbox}
      title={words.empty}
      hint={
        <>
          {words.emptyHint}
          <span className="mt-3 flex items-start gap-1 rounded-card border border-line bg-inset py-2 pr-1 pl-3 text-left">
            <pre className="min-w-0 flex-1 font-mono text-small break-words whitespace-pre-wrap text-text">
              {snippet}
            </pre>
            <CopyButton value={snippet} />
          </span>
        </>
      }
    >
      <Button look="primary" icon={Send} onClick={() => void sendTest()}>
        {text.overview.test}
      </Button>
    </Empty>
  )
}

/** Nothing here matches: then the log is searched further back, until there is something or nothing is left. */
function NoMatch({ filter }: { readonly filter: Filter }) {
  const isLoading = useTurns(state => state.loading)
  const hasMore = useTurns(state => reachOf(state.reach, filter).more) && filter.only !== 'open'
  useEffect(() => {
    if (hasMore && !isLoading)
      void useTurns
        .getState()
        .loadOlder(filter)
        .catch(() => undefined)
  }, [hasMore, isLoading, filter])
  return (
    <Empty icon={SearchX} title={words.noMatch} hint={hasMore ? words.searching : words.noMatchHint}>
      <Button onClick={clearFilter}>{words.clearFilter}</Button>
    </Empty>
  )
}

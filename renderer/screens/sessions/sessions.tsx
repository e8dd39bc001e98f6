import { useEffect } from 'react'
import { on } from '../../bridge.ts'
import { LoadFailed } from '../../components/load-failed.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { ListAndDetail } from '../../frame/list-and-detail.tsx'
import { useListKeys } from '../../frame/list-keys.ts'
import { refine, usePlace } from '../../stores/place.ts'
import { useSessions } from '../../stores/sessions.ts'
import { text } from '../../text/text.ts'
import { SessionDetail } from './detail.tsx'
import { SessionsEmpty } from './empty.tsx'
import { SESSION_DETAIL, SESSION_FILTER, SESSION_LIST } from './ids.ts'
import { SessionList } from './list.tsx'

const words = text.sessions
const places = { filter: SESSION_FILTER, list: SESSION_LIST, detail: SESSION_DETAIL }

/** The conversations that the proxy knows: what they used, what was changed in them, and where they go. */
export function Sessions() {
  const { params } = usePlace()
  const { sessions, matching, known, error } = useSessions()
  const query = params.get('q') ?? ''
  const selectedId = params.get('session') ?? undefined
  const select = (id: string | undefined) => refine({ session: id })

  useEffect(() => void useSessions.getState().search(query), [query])
  useEffect(() => {
    const load = () => void useSessions.getState().load()
    const leave = [on('sessions', load), on('snapshot', load)]
    return () => leave.forEach(end => end())
  }, [])
  useListKeys({ rows: sessions?.map(({ id }) => id) ?? [], selected: selectedId, select, places })

  return (
    <div className="flex h-full flex-col">
      <h1 className="sr-only">{text.screens.sessions}</h1>
      <div role="toolbar" aria-label={words.tools} className="flex flex-wrap items-center gap-3 px-3 py-2">
        <SearchBox id={SESSION_FILTER} label={words.search} value={query} onChange={q => refine({ q })} />
        {sessions !== undefined && known > 0 && (
          <p className="text-small text-text-3">{words.count(matching, known)}</p>
        )}
      </div>
      <ListAndDetail
        label={words.label}
        detail={
          selectedId === undefined ? undefined : (
            <SessionDetail key={selectedId} id={selectedId} onClose={() => select(undefined)} />
          )
        }
      >
        {sessions === undefined && error === undefined && (
          <Loading>
            <div className="flex flex-col gap-2 p-3">
              {Array.from({ length: 12 }, (_, i) => (
                <Bone key={i} className="h-6" />
              ))}
            </div>
          </Loading>
        )}
        {error !== undefined && <LoadFailed reason={error} onRetry={() => void useSessions.getState().load()} />}
        {error === undefined && sessions?.length === 0 && <SessionsEmpty known={known} />}
        {error === undefined && sessions !== undefined && sessions.length > 0 && (
          <SessionList sessions={sessions} matching={matching} selectedId={selectedId} onSelect={select} />
        )}
      </ListAndDetail>
    </div>
  )
}

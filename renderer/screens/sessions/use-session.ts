import { useEffect, useState } from 'react'
import type { SessionDetail } from '../../../proxy/app/contract.ts'
import { call, on } from '../../bridge.ts'
import { type Loaded, loadedFrom } from '../../frame/loaded.ts'

/** All of a session, asked for again when sessions or what decides their way change, and when `retry` grows. */
export function useSession(id: string, retry: number): Loaded<SessionDetail> {
  const [loaded, setLoaded] = useState<Loaded<SessionDetail>>({ state: 'loading' })
  useEffect(() => {
    let isCurrent = true
    const load = () => void loadedFrom(call('sessions.get', { id })).then(found => isCurrent && setLoaded(found))
    load()
    const leave = [on('sessions', load), on('route', load), on('snapshot', load)]
    return () => {
      isCurrent = false
      leave.forEach(end => end())
    }
  }, [id, retry])
  return loaded
}

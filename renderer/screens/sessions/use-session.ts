import { useEffect, useState } from 'react'
import type { SessionDetail } from '../../../proxy/app/contract.ts'
import { call, on } from '../../bridge.ts'

export type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'missing' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'loaded'; readonly detail: SessionDetail }

/** All of a session, asked for again when sessions or what decides their way change, and when `retry` grows. */
export function useSession(id: string, retry: number): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' })
  useEffect(() => {
    let isCurrent = true
    const load = () =>
      void call('sessions.get', { id }).then(
        detail => isCurrent && setLoaded(detail === null ? { state: 'missing' } : { state: 'loaded', detail }),
        (error: unknown) =>
          isCurrent && setLoaded({ state: 'failed', message: error instanceof Error ? error.message : String(error) }),
      )
    load()
    const leave = [on('sessions', load), on('route', load), on('snapshot', load)]
    return () => {
      isCurrent = false
      leave.forEach(end => end())
    }
  }, [id, retry])
  return loaded
}

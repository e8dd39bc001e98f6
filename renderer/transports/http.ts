import { CallError, type Follower, type Frame, type Tagged, type Transport, untag } from './transport.ts'

/** Where the token waits between reloads of the page. It lives as long as the tab. */
const STORED_TOKEN = 'token'

/**
 * The way to the app from a browser: calls by POST, notices by an event stream, both with the token in a header. (That is
 * why the stream is read by fetch: an EventSource can't send one.)
 */
export function httpTransport(base: URL, token: string): Transport {
  const authorization = `Bearer ${token}`

  return {
    call: async (name, input) => {
      const response = await reach(new URL(`call/${name}`, base), {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: input === undefined ? '' : JSON.stringify(input),
      })
      return untag((await response.json()) as Tagged<never>)
    },
    follow: (after, follower) => {
      const left = new AbortController()
      void readNotices(new URL(`notices?after=${after}`, base), authorization, follower, left.signal)
      return () => left.abort()
    },
  }
}

/** The token of the address (`#token=…`), which is taken out of sight at once, or the one kept from an earlier load. */
export function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (given !== null) {
    sessionStorage.setItem(STORED_TOKEN, given)
    history.replaceState(null, '', location.pathname + location.search)
  }
  return sessionStorage.getItem(STORED_TOKEN) ?? ''
}

async function readNotices(url: URL, authorization: string, follower: Follower, signal: AbortSignal) {
  try {
    const response = await reach(url, { headers: { authorization, accept: 'text/event-stream' }, signal })
    follower.opened()
    if (response.body === null) throw unreachable()
    let rest = ''
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = (rest + text.replaceAll('\r', '')).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) {
        const data = frame.split('\n').filter(line => line.startsWith('data:'))
        if (data.length > 0) follower.frame(JSON.parse(data.map(line => line.slice(5)).join('\n')) as Frame)
      }
    }
    throw unreachable()
  } catch (error) {
    if (!signal.aborted) follower.ended(error instanceof CallError ? error : unreachable())
  }
}

/** fetch, with its failures in our words. An answer that is not JSON of ours comes from something else at this address. */
async function reach(url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, cache: 'no-store' }).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error
    throw unreachable()
  })
  if (response.status === 401 || response.status === 403) throw new CallError('refused', 'The app refused this page.')
  const type = response.headers.get('content-type') ?? ''
  if (!/json|event-stream/.test(type)) throw unreachable()
  return response
}

function unreachable() {
  return new CallError('unreachable', 'The app does not answer.')
}

import { useSyncExternalStore } from 'react'

export type ScreenId = 'overview' | 'traffic' | 'sessions' | 'accounts' | 'routing' | 'settings'

/** Where the window is: a screen, and what it shows there (`#/traffic?is=errors`). It stands in the address, so that back, reload and links work. */
export interface Place {
  readonly screen: ScreenId
  readonly params: URLSearchParams
}

const screens: Readonly<Record<ScreenId, true>> = {
  overview: true,
  traffic: true,
  sessions: true,
  accounts: true,
  routing: true,
  settings: true,
}

let read = { hash: '', place: parse('') }

/** The place the window is at. */
export function usePlace(): Place {
  return useSyncExternalStore(listen, currentPlace)
}

function currentPlace(): Place {
  if (read.hash !== location.hash) read = { hash: location.hash, place: parse(location.hash) }
  return read.place
}

/** Goes to a screen, as a step that "back" takes back. */
export function goTo(screen: ScreenId, params: Readonly<Record<string, string>> = {}): void {
  location.hash = address(screen, new URLSearchParams(params))
}

/** Changes what the screen shows, as part of the same step. An absent value takes its parameter away. */
export function refine(changes: Readonly<Record<string, string | undefined>>): void {
  const { screen, params } = currentPlace()
  const next = new URLSearchParams(params)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  history.replaceState(null, '', address(screen, next))
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

function address(screen: ScreenId, params: URLSearchParams): string {
  return params.size === 0 ? `#/${screen}` : `#/${screen}?${params}`
}

function parse(hash: string): Place {
  const [, screen = '', query = ''] = /^#\/(\w*)\??(.*)$/.exec(hash) ?? []
  return { screen: isScreen(screen) ? screen : 'overview', params: new URLSearchParams(query) }
}

function isScreen(text: string): text is ScreenId {
  return Object.hasOwn(screens, text)
}

function listen(changed: () => void) {
  window.addEventListener('hashchange', changed)
  return () => window.removeEventListener('hashchange', changed)
}

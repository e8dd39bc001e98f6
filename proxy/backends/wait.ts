import type { UpstreamHeaders } from './upstream.ts'

/**
 * How long a refusal asks us to wait, in milliseconds, by the headers that vendors tell it with; nothing if none says so.
 * `retry-after` is seconds or a date (RFC 9110, 10.2.3).
 */
export function waitIn(headers: UpstreamHeaders, now = Date.now()): number | undefined {
  for (const [name, read] of readers) {
    const value = headers[name]
    const text = typeof value === 'string' ? value : value?.[0]
    const ms = text === undefined ? undefined : read(text.trim(), now)
    if (ms !== undefined && Number.isFinite(ms)) return Math.max(0, Math.ceil(ms))
  }
  return undefined
}

type Read = (text: string, now: number) => number | undefined

const seconds: Read = text => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined)
const date: Read = (text, now) => (/[a-z]/i.test(text) ? Date.parse(text) - now : undefined)
/** Epoch time, in seconds or milliseconds. */
const moment: Read = (text, now) => {
  if (!/^\d{9,14}(\.\d+)?$/.test(text)) return undefined
  const value = Number(text)
  return (value > 1e11 ? value : value * 1000) - now
}
/** Go's way of durations: `6m0s`, `1.5s`, `20ms`. */
const duration: Read = text => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  const units = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * units[unit as keyof typeof units], 0)
}
const first =
  (...reads: readonly Read[]): Read =>
  (text, now) => {
    for (const read of reads) {
      const ms = read(text, now)
      if (ms !== undefined && Number.isFinite(ms)) return ms
    }
    return undefined
  }

/** First wins: what was asked for comes before what can be made out of a limit's reset. */
const readers: readonly (readonly [string, Read])[] = [
  ['retry-after-ms', text => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined)],
  ['retry-after', first(seconds, date)],
  ['x-ratelimit-reset', first(moment, duration, seconds)],
  ['x-ratelimit-reset-requests', first(duration, seconds)],
  ['x-ratelimit-reset-tokens', first(duration, seconds)],
]

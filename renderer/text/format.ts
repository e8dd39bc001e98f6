/** Numbers as people read them, in the catalogue's language. */
const language = 'en'

const whole = new Intl.NumberFormat(language)
const short = new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 })
const dollarsAndCents = new Intl.NumberFormat(language, {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  minimumSignificantDigits: 2,
  maximumSignificantDigits: 2,
  roundingPriority: 'morePrecision',
})
const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat(language, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})
const hourAndMinute = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hour12: false })
const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', hour12: false })
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
const plurals = new Intl.PluralRules(language)

/** Stands where there is no number. */
export const NONE = '—'

export function number(value: number | undefined): string {
  return value === undefined ? NONE : whole.format(value)
}

/** `842`, `88.2k`, `1.24M`. */
export function tokens(count: number | undefined): string {
  return count === undefined ? NONE : short.format(count).replace('K', 'k')
}

/** US dollars, less than a cent with two figures: `$12.40`, `$0.0042`. */
export function money(dollars: number): string {
  return dollarsAndCents.format(dollars)
}

/** A share between 0 and 1: `71 %`. */
export function share(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? NONE : percent.format(value).replace('%', '\u202f%')
}

/** `842 ms`, `12.4 s`, `3 m 02 s`, `2 h 05 m`. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return NONE
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${twoDigits(Math.floor(seconds / 60) % 60)} m`
}

/** A time that runs: tenths of seconds from the start, so that it does not jump from unit to unit. */
export function elapsed(ms: number): string {
  return ms < 59_950 ? `${Math.max(0, ms / 1000).toFixed(1)} s` : duration(ms)
}

/** `512 B`, `18.4 kB`, `2.1 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`
  if (count < 999_950) return `${(count / 1000).toFixed(1)} kB`
  return `${(count / 1e6).toFixed(1)} MB`
}

/** The time of day, `10:42:07`. */
export function timeOfDay(at: number): string {
  return clock.format(at)
}

/** The time of day to the minute, `10:42`. */
export function shortTime(at: number): string {
  return hourAndMinute.format(at)
}

/** The time of day, or the day where it is not today's: `10:42`, `23 Nov`. */
export function shortMoment(at: number, now: number = Date.now()): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? shortTime(at) : dayOf(at)
}

/** The time of day with milliseconds, and the day when it is not today's. */
export function moment(at: number): string {
  return full.format(at)
}

/** The day, `23 Nov`. */
export function dayOf(at: number): string {
  return day.format(at)
}

const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `3 minutes ago`, `yesterday`; `just now` within a minute. */
export function ago(at: number, now: number = Date.now()): string {
  for (const [unit, ms] of steps) if (now - at >= ms) return relative.format(-Math.floor((now - at) / ms), unit)
  return 'just now'
}

/** A count with its noun: `1 stream`, `3 streams`. */
export function counted(count: number, forms: { readonly one: string; readonly other: string }): string {
  return `${whole.format(count)} ${plurals.select(count) === 'one' ? forms.one : forms.other}`
}

function twoDigits(value: number) {
  return String(value).padStart(2, '0')
}

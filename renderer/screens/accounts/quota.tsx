import { clsx } from 'clsx'
import type { LoginRow } from '../../../proxy/app/contract.ts'
import type { Tone } from '../../outcomes.ts'
import { usePreferences } from '../../stores/preferences.ts'
import { ago, dayOf, duration, share, shortTime } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const words = text.accounts.logins.quota

type Quota = NonNullable<LoginRow['quota']>

/** What is older than this may no longer hold, in milliseconds. */
const STALE_MS = 15 * 60_000
const DAY_MS = 86_400_000

/** The windows of an account's quota, each with how much of it is used, and where and when that was heard. */
export function QuotaWindows({ quota }: { readonly quota: Quota | undefined }) {
  if (quota === undefined || quota.windows.length === 0) return <p className="text-text-3">{words.unknown}</p>
  const isStale = isOld(quota.at)
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <ul aria-label={words.label} className="flex flex-col gap-2">
        {quota.windows.map(window => (
          <Window key={window.label} of={window} isStale={isStale} />
        ))}
      </ul>
      <p className="text-small text-text-3">
        {words.source[quota.source]}, {ago(quota.at)}
        {isStale && `; ${words.stale}`}
      </p>
    </div>
  )
}

function Window({ of: window, isStale }: { readonly of: Quota['windows'][number]; readonly isStale: boolean }) {
  const shows = usePreferences(state => state.quota)
  const used = Math.min(100, Math.max(0, window.usedPercent))
  const percent = shows === 'used' ? used : 100 - used
  const says = shows === 'used' ? words.used(share(percent / 100)) : words.left(share(percent / 100))
  return (
    <li>
      <p className="flex flex-wrap justify-between gap-x-3 text-small">
        <span className="font-semibold break-all">{window.label}</span>
        <span className={clsx(isStale ? 'text-text-3' : texts[toneOf(used)])}>{says}</span>
      </p>
      <span aria-hidden className="mt-0.5 block h-1.5 overflow-hidden rounded-full bg-inset">
        <span
          className={clsx('block h-full rounded-full', isStale ? 'bg-text-3' : bars[toneOf(used)])}
          style={{ width: `${percent}%` }}
        />
      </span>
      {window.resetAt !== undefined && <p className="text-small text-text-3">{resetOf(window.resetAt)}</p>}
    </li>
  )
}

const bars = { ok: 'bg-ok', warn: 'bg-warn', error: 'bg-error' } as const
const texts = { ok: 'text-text-2', warn: 'text-warn', error: 'text-error' } as const

/** With more than 30 % left all is well, with less than 10 % hardly any. */
function toneOf(used: number): Extract<Tone, 'ok' | 'warn' | 'error'> {
  if (used > 90) return 'error'
  return used >= 70 ? 'warn' : 'ok'
}

function isOld(at: number): boolean {
  return Date.now() - at > STALE_MS
}

function resetOf(at: number): string {
  const left = at - Date.now()
  if (left <= 0) return words.wasReset
  return words.reset(duration(left), left < DAY_MS ? shortTime(at) : `${dayOf(at)}, ${shortTime(at)}`)
}

import { posix, win32 } from 'node:path'
import { kindOfStatus, ProxyError } from '../core/errors.ts'
import { USER_AGENT } from '../version.ts'
import { jsonOrText } from '../wire/json.ts'
import { isRecord } from './jwt.ts'
import type { AnswerHeaders, Asking, LoginWorld, QuotaWindow } from './login.ts'

/** The folder that a variable names, or one below the home folder; with slashes that every system takes. */
export function folderIn({ env, home, platform }: LoginWorld, variable: string, name: string): string {
  const rules = platform === 'win32' ? win32 : posix
  const folder = env[variable]?.trim() ?? ''
  if (folder === '') return rules.join(home, name)
  return /^~(?=[/\\]|$)/.test(folder) ? rules.join(home, folder.slice(1)) : rules.resolve(folder)
}

/** A header that is a number. */
export function numberIn(headers: AnswerHeaders, name: string): number | undefined {
  const value = headers[name]
  const text = typeof value === 'string' ? value : value?.[0]
  const number = Number(text)
  return text === undefined || text.trim() === '' || !Number.isFinite(number) ? undefined : number
}

export function percentWindow(
  usedPercent: number,
  windowMinutes: number | undefined,
  resetAt: number | undefined,
): QuotaWindow {
  return { label: windowLabel(windowMinutes), usedPercent, windowMinutes, resetAt }
}

/** `5 h`, `7 days`. */
export function windowLabel(minutes: number | undefined): string {
  if (minutes === undefined) return 'plan'
  if (minutes % 1440 === 0) return minutes === 1440 ? '1 day' : `${minutes / 1440} days`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}

/** Asks a vendor something with the login's own token. Gives the answer's JSON; throws a ProxyError for a refusal. */
export async function askVendor(
  { ask, token }: Asking,
  method: 'GET' | 'POST',
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await ask({
    method,
    url,
    headers: {
      authorization: `Bearer ${token.access}`,
      accept: 'application/json',
      'user-agent': USER_AGENT,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const parsed = jsonOrText(answer.text)
  if (answer.status === 200 && isRecord(parsed)) return parsed
  const { host, pathname } = new URL(url)
  throw new ProxyError(
    answer.status === 200 ? 'bad-upstream' : kindOfStatus(answer.status),
    `${host}${pathname} answered ${answer.status}: ${messageIn(parsed)}`,
    { status: answer.status },
  )
}

function messageIn(body: unknown): string {
  const error = isRecord(body) ? (body['error'] ?? body) : body
  const message = isRecord(error) ? error['message'] : error
  return typeof message === 'string' ? message.slice(0, 300) : 'no reason given'
}

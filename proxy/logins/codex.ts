import { realpathSync } from 'node:fs'
import { digest } from './digest.ts'
import { claimsOf, expiryOf, isRecord, textIn } from './jwt.ts'
import type { AnswerHeaders, LoginDefinition, LoginWorld, Parsed, Quota, QuotaWindow } from './login.ts'
import { askVendor, folderIn, numberIn, percentWindow, windowLabel } from './parts.ts'
import { readStandard } from './redeem.ts'

/** Codex CLI's sign-in to ChatGPT: `auth.json`, or an item of the keychain where its config says so. */
export const codex: LoginDefinition = {
  id: 'openai-codex',
  title: 'Codex (ChatGPT account)',
  owner: { program: 'Codex CLI', signIn: 'codex login' },
  places: world => {
    const home = homeOf(world)
    return [
      {
        source: { type: 'file', path: `${home}/auth.json` },
        parse,
        merge: (content, fresh, now) => ({
          ...content,
          tokens: {
            ...(isRecord(content['tokens']) ? content['tokens'] : {}),
            access_token: fresh.access,
            ...(fresh.refresh !== undefined && { refresh_token: fresh.refresh }),
            ...(fresh.idToken !== undefined && { id_token: fresh.idToken }),
          },
          last_refresh: new Date(now).toISOString(),
        }),
      },
      { source: { type: 'keychain', service: 'Codex Auth', account: `cli|${digest(realPath(home), 16)}` }, parse },
    ]
  },
  hosts: ['chatgpt.com', 'auth.openai.com'],
  position: {
    class: 'unofficial',
    text: 'Turns use your ChatGPT plan through an endpoint that OpenAI does not document and may change at any time. We know of no clause that forbids it, and OpenAI names other coding tools as users of it; it is for your own use only, not for resale or for several people.',
    link: 'https://openai.com/policies/',
  },
  renewBeforeMs: () => 0,
  elsewhere: ['CODEX_REFRESH_TOKEN_URL_OVERRIDE'],
  command: {
    program: 'codex',
    args: ['app-server'],
    talk: {
      lines: [
        { id: 1, method: 'initialize', params: { clientInfo: { name: 'llm-interactive-proxy', version: '1' } } },
        { method: 'initialized' },
        { id: 2, method: 'account/read', params: { refreshToken: true } },
      ].map(message => JSON.stringify(message)),
      until: /"id"\s*:\s*2\b/,
    },
  },
  endpoint: {
    url: 'https://auth.openai.com/oauth/token',
    rotates: true,
    form: 'json',
    // The client id is public: it names the program that the token was made for, and proves nothing.
    fields: async refresh => ({
      client_id: 'app_EMoamEEZ73f0CkXaXp7hrann',
      grant_type: 'refresh_token',
      refresh_token: refresh,
    }),
    read: (body, now) => {
      const fresh = readStandard(body, now)
      return fresh === undefined ? undefined : { ...fresh, expiresAt: expiryOf(fresh.access) ?? fresh.expiresAt }
    },
  },
  quotaIn,
  askQuota: async how => {
    const body = await askVendor(how, 'GET', new URL('/backend-api/wham/usage', how.baseUrl).href, how.token.headers)
    const limits = isRecord(body['rate_limit']) ? body['rate_limit'] : {}
    const windows = ['primary_window', 'secondary_window'].flatMap(name => windowIn(limits[name]))
    return { windows, plan: textIn(body, 'plan_type') }
  },
}

/** A token without an expiry counts as stale when it was last renewed so long ago. */
const LASTS_MS = 8 * 24 * 3600_000

function parse(content: unknown): Parsed {
  if (!isRecord(content)) return { type: 'foreign', why: 'it is no JSON object' }
  const tokens = isRecord(content['tokens']) ? content['tokens'] : {}
  const access = textIn(tokens, 'access_token')
  if (access === undefined) {
    return textIn(content, 'OPENAI_API_KEY') === undefined
      ? { type: 'signed-out', why: 'Codex CLI is signed out' }
      : {
          type: 'signed-out',
          why: 'Codex CLI is signed in with an API key, not with ChatGPT; set the key up as the backend openai',
        }
  }
  const idToken = claimsOf(textIn(tokens, 'id_token'))
  const claims = claimsOf(access)
  const auth = authClaim(idToken) ?? authClaim(claims) ?? {}
  const accountId = textIn(tokens, 'account_id') ?? textIn(auth, 'chatgpt_account_id')
  const lastRefresh = Date.parse(textIn(content, 'last_refresh') ?? '')
  return {
    type: 'token',
    token: {
      access,
      refresh: textIn(tokens, 'refresh_token'),
      expiresAt: expiryOf(access) ?? (Number.isNaN(lastRefresh) ? undefined : lastRefresh + LASTS_MS),
      account: textIn(idToken, 'email') ?? textIn(profileClaim(claims), 'email'),
      accountId,
      plan: textIn(auth, 'chatgpt_plan_type'),
      headers: {
        ...(accountId !== undefined && { 'chatgpt-account-id': accountId }),
        ...(auth['chatgpt_account_is_fedramp'] === true && { 'x-openai-fedramp': 'true' }),
      },
    },
  }
}

function authClaim(claims: Readonly<Record<string, unknown>>) {
  const claim = claims['https://api.openai.com/auth']
  return isRecord(claim) ? claim : undefined
}

function profileClaim(claims: Readonly<Record<string, unknown>>) {
  const claim = claims['https://api.openai.com/profile']
  return isRecord(claim) ? claim : {}
}

/** `x-codex-primary-used-percent`, `-window-minutes`, `-reset-at` (seconds), and the same of the secondary window. */
function quotaIn(headers: AnswerHeaders, now: number): Quota | undefined {
  const windows = ['primary', 'secondary'].flatMap((name): QuotaWindow[] => {
    const usedPercent = numberIn(headers, `x-codex-${name}-used-percent`)
    if (usedPercent === undefined) return []
    const after = numberIn(headers, `x-codex-${name}-reset-after-seconds`)
    const at = numberIn(headers, `x-codex-${name}-reset-at`)
    return [
      percentWindow(
        usedPercent,
        numberIn(headers, `x-codex-${name}-window-minutes`),
        at !== undefined ? at * 1000 : after === undefined ? undefined : now + after * 1000,
      ),
    ]
  })
  if (windows.length === 0) return undefined
  const full = windows.filter(({ usedPercent }) => usedPercent >= 100).flatMap(({ resetAt }) => resetAt ?? [])
  return { windows, limitedUntil: full.length === 0 ? undefined : Math.max(...full) }
}

function windowIn(window: unknown): QuotaWindow[] {
  if (!isRecord(window) || typeof window['used_percent'] !== 'number') return []
  const { used_percent: usedPercent, limit_window_seconds: seconds, reset_at: resetAt } = window
  const windowMinutes = typeof seconds === 'number' ? Math.round(seconds / 60) : undefined
  return [
    {
      label: windowLabel(windowMinutes),
      usedPercent,
      windowMinutes,
      resetAt: typeof resetAt === 'number' ? resetAt * 1000 : undefined,
    },
  ]
}

function homeOf(world: LoginWorld): string {
  return folderIn(world, 'CODEX_HOME', '.codex')
}

/** Codex names its keychain item by the folder's canonical path. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

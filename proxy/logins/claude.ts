import { userInfo } from 'node:os'
import { digest } from './digest.ts'
import { isRecord, textIn } from './jwt.ts'
import type { AnswerHeaders, LoginDefinition, LoginWorld, Parsed, Place, Quota, QuotaWindow } from './login.ts'
import { askVendor, folderIn, numberIn } from './parts.ts'
import { readStandard } from './redeem.ts'

/** A feature that the API asks to be named by whoever comes with such a token. */
const headers = { 'anthropic-beta': 'oauth-2025-04-20' }

/** Claude Code's sign-in with a Claude plan: an item of the keychain on macOS, `.credentials.json` elsewhere. */
export const claude: LoginDefinition = {
  id: 'anthropic-oauth',
  title: 'Claude Code (Claude plan)',
  owner: { program: 'Claude Code', signIn: 'claude, then /login' },
  places: world => {
    const file: Place = {
      source: { type: 'file', path: `${folderIn(world, 'CLAUDE_CONFIG_DIR', '.claude')}/.credentials.json` },
      parse,
      merge: (content, fresh) => ({
        ...content,
        claudeAiOauth: {
          ...(isRecord(content['claudeAiOauth']) ? content['claudeAiOauth'] : {}),
          accessToken: fresh.access,
          ...(fresh.refresh !== undefined && { refreshToken: fresh.refresh }),
          ...(fresh.expiresAt !== undefined && { expiresAt: fresh.expiresAt }),
        },
      }),
    }
    const variable: Place = {
      source: { type: 'variable', name: 'CLAUDE_CODE_OAUTH_TOKEN' },
      // Made by `claude setup-token`: good for a year, and never renewed.
      parse: content => ({ type: 'token', token: { access: String(content), headers } }),
    }
    return [variable, ...(world.platform === 'darwin' ? [keychainItem(world)] : []), file]
  },
  hosts: ['api.anthropic.com', 'platform.claude.com', 'console.anthropic.com'],
  position: {
    class: 'forbidden',
    text: 'Anthropic does not permit this: its terms say that the sign-in of a Free, Pro or Max plan is for Claude Code and its own applications only, and that use of it in any other product or service breaks the Consumer Terms; it may act on that without notice. It answers some such turns with a refusal, and bills others as extra usage. An API key (the backend anthropic) is the way it supports.',
    link: 'https://code.claude.com/docs/en/legal-and-compliance',
  },
  renewBeforeMs: () => 60_000,
  command: { program: 'claude', args: ['-p', 'Reply with the word ok.', '--max-turns', '1'] },
  endpoint: {
    url: 'https://platform.claude.com/v1/oauth/token',
    rotates: true,
    form: 'json',
    fields: async refresh => ({
      grant_type: 'refresh_token',
      refresh_token: refresh,
      client_id: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
    }),
    read: readStandard,
  },
  quotaIn,
  askQuota: async how => {
    const body = await askVendor(how, 'GET', new URL('/api/oauth/usage', how.baseUrl).href, headers)
    const windows = Object.entries(usageWindows).flatMap(([name, known]): QuotaWindow[] => {
      const window = body[name]
      if (!isRecord(window) || typeof window['utilization'] !== 'number') return []
      const resetAt = Date.parse(textIn(window, 'resets_at') ?? '')
      return [{ ...known, usedPercent: window['utilization'], resetAt: Number.isNaN(resetAt) ? undefined : resetAt }]
    })
    return { windows }
  },
}

const usageWindows = {
  five_hour: { label: '5 h', windowMinutes: 300 },
  seven_day: { label: '7 days', windowMinutes: 10_080 },
  seven_day_opus: { label: '7 days, Opus', windowMinutes: 10_080 },
  seven_day_sonnet: { label: '7 days, Sonnet', windowMinutes: 10_080 },
}

function parse(content: unknown): Parsed {
  if (!isRecord(content)) return { type: 'foreign', why: 'it is no JSON object' }
  const login = content['claudeAiOauth']
  // What is there may be of MCP servers alone.
  if (!isRecord(login)) return { type: 'signed-out', why: 'Claude Code is not signed in with a plan' }
  const access = textIn(login, 'accessToken')
  if (access === undefined) return { type: 'signed-out', why: 'Claude Code is signed out' }
  const { expiresAt } = login
  return {
    type: 'token',
    token: {
      access,
      refresh: textIn(login, 'refreshToken'),
      expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
      plan: textIn(login, 'rateLimitTier') ?? textIn(login, 'subscriptionType'),
      headers,
    },
  }
}

/** A config folder of one's own has an item of its own. It is never written: its owner could lose its access to it. */
function keychainItem({ env }: LoginWorld): Place {
  const folder = env['CLAUDE_CONFIG_DIR'] ?? ''
  const service = `Claude Code-credentials${folder === '' ? '' : `-${digest(folder, 8)}`}`
  return { source: { type: 'keychain', service, account: env['USER'] ?? userInfo().username }, parse }
}

/** `anthropic-ratelimit-unified-5h-utilization` is a fraction, its `-reset` in seconds; a window that is `rejected` stops the whole account. */
function quotaIn(answer: AnswerHeaders): Quota | undefined {
  const names = [
    { name: '5h', label: '5 h', windowMinutes: 300 },
    { name: '7d', label: '7 days', windowMinutes: 10_080 },
  ]
  let limitedUntil: number | undefined
  const windows = names.flatMap(({ name, label, windowMinutes }): QuotaWindow[] => {
    const prefix = `anthropic-ratelimit-unified-${name}`
    const used = numberIn(answer, `${prefix}-utilization`)
    const reset = numberIn(answer, `${prefix}-reset`)
    const resetAt = reset === undefined ? undefined : reset * 1000
    if (answer[`${prefix}-status`] === 'rejected' && resetAt !== undefined)
      limitedUntil = Math.max(limitedUntil ?? 0, resetAt)
    return used === undefined ? [] : [{ label, windowMinutes, usedPercent: Math.round(used * 1000) / 10, resetAt }]
  })
  return windows.length === 0 ? undefined : { windows, limitedUntil }
}

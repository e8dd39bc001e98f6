import { readFile } from 'node:fs/promises'
import { hostname, release, type } from 'node:os'
import { isRecord, textIn } from './jwt.ts'
import type { LoginDefinition, LoginWorld, Parsed, QuotaWindow } from './login.ts'
import { withLockFolder } from './owners-locks.ts'
import { askVendor, folderIn, windowLabel } from './parts.ts'
import { readStandard } from './redeem.ts'
import { VERSION } from '../version.ts'

/** Kimi Code's sign-in: a file of its CLI, or of the older one. */
export const kimi: LoginDefinition = {
  id: 'kimi-oauth',
  title: 'Kimi Code (subscription)',
  owner: { program: 'Kimi Code CLI', signIn: 'kimi login' },
  places: world =>
    [homeOf(world), folderIn(world, 'KIMI_SHARE_DIR', '.kimi')].map(home => ({
      source: { type: 'file', path: `${home}/credentials/kimi-code.json` },
      parse,
      merge: (content, fresh, now) => ({
        ...content,
        access_token: fresh.access,
        ...(fresh.refresh !== undefined && { refresh_token: fresh.refresh }),
        ...(fresh.expiresAt !== undefined && {
          expires_at: Math.floor(fresh.expiresAt / 1000),
          expires_in: Math.round((fresh.expiresAt - now) / 1000),
        }),
      }),
    })),
  hosts: ['api.kimi.com', 'api.kimi.ai', 'auth.kimi.com'],
  position: {
    class: 'unofficial',
    text: 'Kimi gives its subscription to coding agents and refuses programs that it does not take for one. For other programs it issues API keys (the backend kimi-code), which is the way it supports.',
    link: 'https://www.kimi.com/code',
  },
  renewBeforeMs: () => 5 * 60_000,
  elsewhere: ['KIMI_CODE_OAUTH_HOST', 'KIMI_OAUTH_HOST', 'KIMI_CODE_BASE_URL'],
  endpoint: {
    url: 'https://auth.kimi.com/api/oauth/token',
    rotates: true,
    form: 'form',
    fields: async refresh => ({
      client_id: '17e5f671-d194-4dfb-9706-5516cb48c098',
      grant_type: 'refresh_token',
      refresh_token: refresh,
    }),
    headers: deviceHeaders,
    read: readStandard,
  },
  // Its CLI takes no lock on Windows, where that would not hold.
  withOwnersLock: (_, world, work) =>
    world.platform === 'win32' || world.env['KIMI_DISABLE_OAUTH_LOCK'] === '1'
      ? work()
      : withLockFolder(`${homeOf(world)}/oauth/kimi-code.lock`, work),
  askQuota: async how => {
    const body = await askVendor(how, 'GET', `${how.baseUrl}/usages`)
    const limits = Array.isArray(body['limits']) ? (body['limits'] as unknown[]) : []
    return {
      windows: [
        ...windowOf('7 days', 10_080, body['usage']),
        ...limits.filter(isRecord).flatMap(limit => {
          const window = isRecord(limit['window']) ? limit['window'] : {}
          const minutes = typeof window['duration'] === 'number' ? window['duration'] : undefined
          return windowOf(windowLabel(minutes), minutes, limit['detail'])
        }),
      ],
    }
  },
}

function homeOf(world: LoginWorld): string {
  return folderIn(world, 'KIMI_CODE_HOME', '.kimi-code')
}

function parse(content: unknown): Parsed {
  if (!isRecord(content)) return { type: 'foreign', why: 'it is no JSON object' }
  const access = textIn(content, 'access_token')
  // A login that was revoked leaves its file with empty tokens behind.
  if (access === undefined) return { type: 'signed-out', why: 'Kimi Code was signed out, or its sign-in revoked' }
  const { expires_at: seconds } = content
  return {
    type: 'token',
    token: {
      access,
      refresh: textIn(content, 'refresh_token'),
      expiresAt: typeof seconds === 'number' ? seconds * 1000 : undefined,
    },
  }
}

/** What its endpoints ask of a device, told of ours by our own name; ASCII only. */
async function deviceHeaders(world: LoginWorld): Promise<Readonly<Record<string, string>>> {
  const id = await readFile(`${homeOf(world)}/device_id`, 'utf8').catch(() => '')
  const headers = {
    'x-msh-platform': 'llm-interactive-proxy',
    'x-msh-version': VERSION,
    'x-msh-device-name': hostname(),
    'x-msh-device-model': type(),
    'x-msh-os-version': release(),
    ...(id.trim() !== '' && { 'x-msh-device-id': id.trim() }),
  }
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(/[^\x20-\x7e]/g, '')]))
}

/** Figures come as text. */
function windowOf(label: string, windowMinutes: number | undefined, detail: unknown): QuotaWindow[] {
  if (!isRecord(detail)) return []
  const limit = Number(detail['limit'])
  const used = detail['used'] === undefined ? limit - Number(detail['remaining']) : Number(detail['used'])
  if (!(limit > 0) || Number.isNaN(used)) return []
  const resetAt = Date.parse(textIn(detail, 'resetTime') ?? '')
  return [
    {
      label,
      windowMinutes,
      usedPercent: Math.round((used / limit) * 1000) / 10,
      resetAt: Number.isNaN(resetAt) ? undefined : resetAt,
    },
  ]
}

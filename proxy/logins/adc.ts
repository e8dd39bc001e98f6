import { createSign } from 'node:crypto'
import { join } from 'node:path'
import { digest } from './digest.ts'
import { isRecord, textIn } from './jwt.ts'
import type { LoginWorld, Parsed, Token } from './login.ts'

/** What a token for Code Assist must be good for. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
/** Where service accounts get their tokens; it stands in what they sign. */
const AUDIENCE = 'https://oauth2.googleapis.com/token'

/** Where gcloud keeps Google's “application default credentials”, unless a variable says otherwise. */
export function adcFile({ platform, env, home }: LoginWorld): string {
  const folder =
    platform === 'win32'
      ? join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'gcloud')
      : join(home, '.config', 'gcloud')
  return join(env['CLOUDSDK_CONFIG'] || folder, 'application_default_credentials.json')
}

/**
 * Google's credentials for programs: a user's, or a service account's. They hold no token, but what one is got by, so that they
 * count as a token that has expired. Nothing if the content is neither.
 */
export function parseAdc(content: unknown): Parsed | undefined {
  if (!isRecord(content)) return undefined
  switch (content['type']) {
    case 'authorized_user':
      return userIn(content)
    case 'service_account':
      return serviceAccountIn(content)
    default:
      return undefined
  }
}

function userIn(content: Readonly<Record<string, unknown>>): Parsed {
  const id = textIn(content, 'client_id')
  const secret = textIn(content, 'client_secret')
  const refresh = textIn(content, 'refresh_token')
  if (id === undefined || secret === undefined || refresh === undefined)
    return { type: 'signed-out', why: 'its refresh token or its client is missing' }
  return ungotten({
    refresh,
    account: textIn(content, 'account'),
    grant: () => ({ client_id: id, client_secret: secret, refresh_token: refresh, grant_type: 'refresh_token' }),
  })
}

function serviceAccountIn(content: Readonly<Record<string, unknown>>): Parsed {
  const email = textIn(content, 'client_email')
  const key = textIn(content, 'private_key')
  if (email === undefined || key === undefined) return { type: 'foreign', why: 'the service account has no key' }
  return ungotten({
    refresh: `${email} ${digest(key)}`,
    account: email,
    grant: now => ({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signed({ iss: email, scope: SCOPE, aud: AUDIENCE }, key, now),
    }),
  })
}

function ungotten(token: Pick<Token, 'refresh' | 'account' | 'grant'>): Parsed {
  return { type: 'token', token: { ...token, access: '', expiresAt: 0, accountId: token.account } }
}

/** A JWT by which a service account proves itself, good for an hour (RFC 7523). */
function signed(claims: Record<string, unknown>, key: string, now: number): string {
  const at = Math.floor(now / 1000)
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ ...claims, iat: at, exp: at + 3600 })}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}

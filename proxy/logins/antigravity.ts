import { join } from 'node:path'
import { jsonOrText } from '../wire/json.ts'
import { askCodeAssistQuota, prepareCodeAssist, type CodeAssistRules } from './code-assist.ts'
import { googleEndpoint } from './google-client.ts'
import { claimsOf, isRecord, textIn } from './jwt.ts'
import type { Asking, LoginDefinition, LoginWorld, Parsed } from './login.ts'

/** Antigravity's sign-in: an item of the keychain, copies in files, and in older versions a row of the editor's database. Read only. */
export const antigravity: LoginDefinition = {
  id: 'antigravity-oauth',
  title: 'Antigravity',
  owner: { program: 'Antigravity', signIn: 'sign in to the Antigravity app, or run agy' },
  places: world => [
    { source: { type: 'file', path: `${world.home}/.gemini/jetski-standalone-oauth-token` }, parse },
    { source: { type: 'file', path: `${world.home}/.gemini/antigravity-cli/antigravity-oauth-token` }, parse },
    {
      source: { type: 'database', path: databaseOf(world), key: 'antigravityAuthStatus' },
      parse: content => {
        const access = isRecord(content) ? textIn(content, 'apiKey') : undefined
        if (!isRecord(content) || access === undefined) return { type: 'signed-out', why: 'Antigravity is signed out' }
        return { type: 'token', token: { access, account: textIn(content, 'email') } }
      },
    },
    { source: { type: 'keychain', service: 'gemini', account: 'antigravity' }, parse },
  ],
  hosts: ['daily-cloudcode-pa.googleapis.com', 'cloudcode-pa.googleapis.com', 'oauth2.googleapis.com'],
  position: {
    class: 'forbidden',
    text: 'Google does not permit this: use of Antigravity’s sign-in by other software violates its terms, and many accounts were suspended for it in 2026, with their access to Gemini CLI. Run Antigravity itself (agy), or use an API key of Google AI Studio (the backend gemini).',
    link: 'https://antigravity.google/terms',
  },
  renewBeforeMs: () => 60_000,
  command: { program: 'agy', args: ['models'] },
  endpoint: googleEndpoint({
    id: '1071006060591-tmhssin2h21lcre235vtolojh4g403ep.apps.googleusercontent.com',
    idVariable: 'ANTIGRAVITY_OAUTH_CLIENT_ID',
    secretVariable: 'ANTIGRAVITY_OAUTH_CLIENT_SECRET',
    remedy: 'the client secret of Antigravity is not known here: set ANTIGRAVITY_OAUTH_CLIENT_SECRET',
  }),
  prepare: how => prepareCodeAssist(how, rulesFor(how)),
  askQuota: how => askCodeAssistQuota(how, rulesFor(how)),
}

/** Accounts are managed at the main host, turns answered at the daily one; a host of the config's own does both. */
function rulesFor({ baseUrl }: Asking): CodeAssistRules {
  const isVendors = new URL(baseUrl).hostname === 'daily-cloudcode-pa.googleapis.com'
  return {
    ownProject: 'never',
    tiers: [],
    metadata: { ideType: 'ANTIGRAVITY' },
    controlUrl: isVendors ? 'https://cloudcode-pa.googleapis.com' : undefined,
  }
}

function databaseOf({ platform, env, home }: LoginWorld): string {
  const named = env['ANTIGRAVITY_STATE_DB'] ?? ''
  if (named !== '') return named
  const below = join('Antigravity', 'User', 'globalStorage', 'state.vscdb')
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), below)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', below)
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), below)
}

/** What the library that writes the keychain item puts before it. */
const ENCODED = 'go-keyring-base64:'

/** `{token: {access_token, expiry, …}, id_token}`, or the same without the outer object. */
function parse(content: unknown): Parsed {
  const plain =
    typeof content === 'string' && content.startsWith(ENCODED)
      ? jsonOrText(Buffer.from(content.slice(ENCODED.length), 'base64').toString('utf8'))
      : content
  if (!isRecord(plain)) return { type: 'foreign', why: 'it is no JSON object' }
  const token = isRecord(plain['token']) ? plain['token'] : plain
  const access = textIn(token, 'access_token')
  if (access === undefined) return { type: 'signed-out', why: 'Antigravity is signed out' }
  const expiresAt = Date.parse(textIn(token, 'expiry') ?? '')
  const identity = claimsOf(textIn(plain, 'id_token') ?? textIn(token, 'id_token'))
  return {
    type: 'token',
    token: {
      access,
      refresh: textIn(token, 'refresh_token'),
      expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt,
      account: textIn(identity, 'email'),
      accountId: textIn(identity, 'sub'),
    },
  }
}

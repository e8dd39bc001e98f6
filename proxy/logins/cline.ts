import { expiryOf, isRecord, textIn } from './jwt.ts'
import type { Fresh, LoginDefinition, LoginWorld, Parsed, Token } from './login.ts'
import { folderIn } from './parts.ts'
import { jsonOrText } from '../wire/json.ts'

/** Stands before a token of an account, which tells it from an API key. */
const PREFIX = 'workos:'

/** Cline's account: `providers.json`, which its CLI and its extensions share, or the older `secrets.json`. */
export const cline: LoginDefinition = {
  id: 'cline',
  title: 'Cline account',
  owner: { program: 'Cline', signIn: 'cline auth' },
  places: world => {
    const data = dataFolder(world)
    const settings = world.env['CLINE_PROVIDER_SETTINGS_PATH'] ?? ''
    return [
      {
        source: { type: 'file', path: settings === '' ? `${data}/settings/providers.json` : settings },
        parse,
        merge: mergeProviders,
      },
      { source: { type: 'file', path: `${data}/secrets.json` }, parse: parseLegacy, merge: mergeLegacy },
    ]
  },
  hosts: ['api.cline.bot'],
  position: {
    class: 'allowed',
    text: 'Cline has a public API that takes the token of its account; we found no clause against its use by other programs. Cline recommends an API key for that, made in the account’s settings.',
    link: 'https://docs.cline.bot',
  },
  renewBeforeMs: () => 5 * 60_000,
  elsewhere: ['CLINE_API_BASE_URL', 'CLINE_ENVIRONMENT', 'CLINE_ENVIRONMENT_OVERRIDE'],
  endpoint: {
    url: 'https://api.cline.bot/api/v1/auth/refresh',
    rotates: true,
    form: 'json',
    fields: async refresh => ({ refreshToken: refresh, grantType: 'refresh_token' }),
    read: readRefreshed,
  },
}

function dataFolder(world: LoginWorld): string {
  if ((world.env['CLINE_DATA_DIR'] ?? '') !== '') return folderIn(world, 'CLINE_DATA_DIR', '')
  return `${folderIn(world, 'CLINE_DIR', '.cline')}/data`
}

function parse(content: unknown): Parsed {
  const auth = authIn(content)
  if (!isRecord(content) || !isRecord(content['providers']))
    return { type: 'foreign', why: 'it has no list of providers' }
  const access = auth === undefined ? undefined : textIn(auth, 'accessToken')
  if (auth === undefined || access === undefined) return { type: 'signed-out', why: 'Cline is signed out' }
  const metadata = isRecord(auth['metadata']) ? auth['metadata'] : {}
  const user = isRecord(metadata['userInfo']) ? metadata['userInfo'] : {}
  const { expiresAt } = auth
  return {
    type: 'token',
    token: tokenOf(access, {
      refresh: textIn(auth, 'refreshToken'),
      expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
      account: textIn(user, 'email'),
      accountId: textIn(auth, 'accountId'),
    }),
  }
}

/** `{"cline:clineAccountId": "{\"idToken\": …}"}`, whose times are in seconds, but for those of some versions. */
function parseLegacy(content: unknown): Parsed {
  if (!isRecord(content)) return { type: 'foreign', why: 'it is no JSON object' }
  const login = legacyIn(content)
  const access = login === undefined ? undefined : textIn(login, 'idToken')
  if (login === undefined || access === undefined) return { type: 'signed-out', why: 'Cline is signed out' }
  const user = isRecord(login['userInfo']) ? login['userInfo'] : {}
  const { expiresAt } = login
  return {
    type: 'token',
    token: tokenOf(access, {
      refresh: textIn(login, 'refreshToken'),
      expiresAt: typeof expiresAt === 'number' ? (expiresAt < 1e10 ? expiresAt * 1000 : expiresAt) : undefined,
      account: textIn(user, 'email'),
      accountId: textIn(user, 'id'),
    }),
  }
}

/** Without an expiry anywhere it counts as expired, as Cline itself has it. */
function tokenOf(access: string, rest: Omit<Token, 'access'>): Token {
  const bare = access.startsWith(PREFIX) ? access.slice(PREFIX.length) : access
  return { ...rest, access: PREFIX + bare, expiresAt: rest.expiresAt ?? expiryOf(bare) ?? 0 }
}

function readRefreshed(body: unknown): Fresh | undefined {
  const data = isRecord(body) && isRecord(body['data']) ? body['data'] : undefined
  const access = data === undefined ? undefined : textIn(data, 'accessToken')
  if (data === undefined || access === undefined) return undefined
  const expiresAt = Date.parse(textIn(data, 'expiresAt') ?? '')
  return {
    access: PREFIX + access,
    refresh: textIn(data, 'refreshToken'),
    expiresAt: Number.isNaN(expiresAt) ? expiryOf(access) : expiresAt,
    body: data,
  }
}

function mergeProviders(content: Readonly<Record<string, unknown>>, fresh: Fresh): object {
  const providers = recordAt(content, 'providers')
  const provider = recordAt(providers, 'cline')
  const settings = recordAt(provider, 'settings')
  const auth = {
    ...recordAt(settings, 'auth'),
    accessToken: fresh.access,
    ...(fresh.refresh !== undefined && { refreshToken: fresh.refresh }),
    ...(fresh.expiresAt !== undefined && { expiresAt: fresh.expiresAt }),
  }
  return { ...content, providers: { ...providers, cline: { ...provider, settings: { ...settings, auth } } } }
}

function mergeLegacy(content: Readonly<Record<string, unknown>>, fresh: Fresh): object {
  const login = {
    ...legacyIn(content),
    idToken: fresh.access.slice(PREFIX.length),
    ...(fresh.refresh !== undefined && { refreshToken: fresh.refresh }),
    ...(fresh.expiresAt !== undefined && { expiresAt: Math.floor(fresh.expiresAt / 1000) }),
  }
  return { ...content, [legacyKey(content)]: JSON.stringify(login) }
}

function authIn(content: unknown) {
  if (!isRecord(content)) return undefined
  const auth = recordAt(recordAt(recordAt(content, 'providers'), 'cline'), 'settings')['auth']
  return isRecord(auth) ? auth : undefined
}

function legacyIn(content: Readonly<Record<string, unknown>>) {
  const login = jsonOrText(textIn(content, legacyKey(content)) ?? '')
  return isRecord(login) ? login : undefined
}

function legacyKey(content: Readonly<Record<string, unknown>>): string {
  return 'clineAccountId' in content ? 'clineAccountId' : 'cline:clineAccountId'
}

function recordAt(record: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = record[name]
  return isRecord(value) ? value : {}
}

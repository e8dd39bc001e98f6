import type { CustomBackend } from '../../../proxy/app/contract.ts'

/** The ways in which a key can be shown, `usual` being the protocol's own. */
export const authStyles = ['usual', 'bearer', 'header', 'query', 'none'] as const

/** A custom backend as it is typed. */
export interface Draft {
  readonly id: string
  readonly protocol: CustomBackend['protocol']
  readonly url: string
  readonly auth: (typeof authStyles)[number]
  /** Of the header or the parameter that has the key. */
  readonly name: string
  readonly key: string
  /** With commas between. */
  readonly models: string
  readonly defaultModel: string
  /** `name: value`, one a line. */
  readonly headers: string
  /** Seconds. */
  readonly timeout: string
  readonly requestsPerMinute: string
}

/** What a form starts with: a backend as it is, or nothing yet. */
export function draftOf(backend: CustomBackend | undefined): Draft {
  const { id = '', protocol = 'openai-chat', url = '', auth, key = '', models = [], defaultModel = '' } = backend ?? {}
  const { headers = {}, timeout, requestsPerMinute } = backend ?? {}
  return {
    id,
    protocol,
    url,
    ...authOf(auth),
    key,
    models: models.join(', '),
    defaultModel,
    headers: Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    timeout: timeout?.toString() ?? '',
    requestsPerMinute: requestsPerMinute?.toString() ?? '',
  }
}

function authOf(auth: CustomBackend['auth']): Pick<Draft, 'auth' | 'name'> {
  if (auth === undefined) return { auth: 'usual', name: '' }
  if (typeof auth === 'string') return { auth, name: '' }
  return 'header' in auth ? { auth: 'header', name: auth.header } : { auth: 'query', name: auth.query }
}

/** Whether all is there that can't be done without. Whether it is right the app says. */
export function isComplete({ id, url, auth, name }: Draft): boolean {
  const needsName = auth === 'header' || auth === 'query'
  return id.trim() !== '' && url.trim() !== '' && (!needsName || name.trim() !== '')
}

/** What was typed, as the app takes it. */
export function backendOf(draft: Draft): CustomBackend {
  const { id, protocol, url, auth, name, key, models, defaultModel, headers, timeout, requestsPerMinute } = draft
  const list = models
    .split(',')
    .map(model => model.trim())
    .filter(model => model !== '')
  return {
    id: id.trim(),
    protocol,
    url: url.trim(),
    ...(auth === 'usual' ? {} : { auth: styleOf(auth, name.trim()) }),
    ...(key.trim() === '' || auth === 'none' ? {} : { key: key.trim() }),
    ...(list.length === 0 ? {} : { models: list }),
    ...(defaultModel.trim() === '' ? {} : { defaultModel: defaultModel.trim() }),
    ...(headers.trim() === '' ? {} : { headers: headersOf(headers) }),
    ...(timeout === '' ? {} : { timeout: Number(timeout) }),
    ...(requestsPerMinute === '' ? {} : { requestsPerMinute: Number(requestsPerMinute) }),
  }
}

function headersOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  return Object.fromEntries(
    lines.map(line => {
      const [name = '', ...value] = line.split(':')
      return [name.trim(), value.join(':').trim()]
    }),
  )
}

function styleOf(auth: Exclude<Draft['auth'], 'usual'>, name: string): NonNullable<CustomBackend['auth']> {
  if (auth === 'header') return { header: name }
  return auth === 'query' ? { query: name } : auth
}

import { describe, expect, it } from 'vitest'
import type { Api, RemoteBackend } from '../../../proxy/backends/backend.ts'
import { endpointsOf, openedBy } from '../../../proxy/backends/endpoints.ts'
import { createBackends } from '../../../proxy/backends/index.ts'
import { configSchema } from '../../../proxy/config/schema.ts'

function apisIn(entry: object, id = 'it'): RemoteBackend['apis'] {
  const backend = createBackends(configSchema.parse({ backends: { [id]: entry } })).get(id)
  if (backend?.kind !== 'remote') throw new Error('it is no remote backend')
  return backend.apis
}

function doorOf(api: Api, model = 'm', stream = true): string {
  const { origin, path } = endpointsOf(api).answer(model, stream)
  return origin + path
}

const credential = { name: 'a key', secret: 's&cret' }

describe('the door of a turn', () => {
  it('has the model in it for Gemini, its slashes and colons as Google wants them', () => {
    const gemini: Api = { protocol: 'gemini', baseUrl: 'https://host' }
    const under = 'https://host/v1beta/models'
    expect(doorOf(gemini, 'gemini-3-pro')).toBe(`${under}/gemini-3-pro:streamGenerateContent?alt=sse`)
    expect(doorOf(gemini, 'models/gemini-3-pro', false)).toBe(`${under}/gemini-3-pro:generateContent`)
    expect(doorOf(gemini, 'a/b:c', false)).toBe(`${under}/a%2Fb%3Ac:generateContent`)
    expect(doorOf(gemini, 'tunedModels/mine', false)).toBe('https://host/v1beta/tunedModels/mine:generateContent')
  })

  it('is the same for Gemini whether or not its base URL ends in the version', () => {
    const gemini: Api = { protocol: 'gemini', baseUrl: 'https://host/google/v1beta' }
    expect(doorOf(gemini, 'm', false)).toBe('https://host/google/v1beta/models/m:generateContent')
    expect(endpointsOf(gemini).models?.path).toBe('/google/v1beta/models?pageSize=1000')
  })

  it('is the same for every model elsewhere', () => {
    const places = (['openai-chat', 'openai-responses', 'anthropic', 'code-assist'] as const).map(protocol =>
      doorOf({ protocol, baseUrl: 'https://host/base' }),
    )
    expect(places).toEqual([
      'https://host/base/chat/completions',
      'https://host/base/responses',
      'https://host/base/messages',
      'https://host/base/v1internal:streamGenerateContent?alt=sse',
    ])
  })

  it('of Azure has the path that all its customers have, or the deployment and the version in it', () => {
    const azure = (api_url: string) => doorOf(apisIn({ type: 'azure-openai', api_url }, 'azure-openai')[0], 'my gpt')
    expect(azure('https://me.openai.azure.com/')).toBe('https://me.openai.azure.com/openai/v1/chat/completions')
    expect(azure('https://me.openai.azure.com/openai/deployments/{model}?api-version=2024-10-21')).toBe(
      'https://me.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21',
    )
  })

  it('is where the account of a credential is served', () => {
    const api: Api = { protocol: 'openai-chat', baseUrl: 'https://host/v1' }
    const { origin, path } = endpointsOf(api, { ...credential, baseUrl: 'https://elsewhere/x/v1/' }).answer('m', true)
    expect(origin + path).toBe('https://elsewhere/x/v1/chat/completions')
    expect(doorOf(api)).toBe('https://host/v1/chat/completions')
  })
})

describe('a key is shown', () => {
  const api = { protocol: 'openai-chat', baseUrl: 'https://host' } as const
  const shown = (auth: Api['auth'], protocol: Api['protocol'] = 'openai-chat') =>
    endpointsOf({ ...api, protocol, auth }).auth(credential)

  it('as the protocol has it', () => {
    expect(shown(undefined)).toEqual({ authorization: 'Bearer s&cret' })
    expect(shown(undefined, 'anthropic')).toEqual({ 'x-api-key': 's&cret' })
    expect(shown(undefined, 'gemini')).toEqual({ 'x-goog-api-key': 's&cret' })
  })

  it('as the config says: as a bearer, in a header, in the address, or not at all', () => {
    expect(shown('bearer', 'anthropic')).toEqual({ authorization: 'Bearer s&cret' })
    expect(shown({ header: 'Api-Key' })).toEqual({ 'api-key': 's&cret' })
    expect(shown('none')).toEqual({})
    const query: Api = { ...api, auth: { query: 'key' } }
    expect(endpointsOf(query).auth(credential)).toEqual({})
    expect(openedBy(endpointsOf(query).answer('m', true), query, credential).path).toBe(
      '/chat/completions?key=s%26cret',
    )
  })

  it('with the headers that belong to it', () => {
    const headers = { 'chatgpt-account-id': 'a1' }
    expect(endpointsOf(api).auth({ ...credential, headers })).toEqual({ authorization: 'Bearer s&cret', ...headers })
  })
})

describe('an address of the config', () => {
  it('takes the vendor’s other protocols with it if its path is the vendor’s, and leaves them out if not', () => {
    const moved = apisIn({ type: 'zai', api_url: 'http://127.0.0.1:9/api/paas/v4/' }, 'zai')
    expect(moved.map(api => api.baseUrl)).toEqual([
      'http://127.0.0.1:9/api/paas/v4',
      'http://127.0.0.1:9/api/anthropic/v1',
    ])
    const lone = apisIn({ type: 'zai', api_url: 'http://127.0.0.1:9/v1' }, 'zai')
    expect(lone.map(api => api.baseUrl)).toEqual(['http://127.0.0.1:9/v1'])
  })

  it('may be of another of the vendor’s protocols, which is then the one', () => {
    const apis = apisIn({ type: 'minimax', protocol: 'anthropic' })
    expect(apis.map(api => api.baseUrl)).toEqual(['https://api.minimax.io/anthropic/v1'])
  })
})

import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createAccess } from '../../../proxy/server/access.ts'

const access = createAccess({ hosts: ['proxy.lan'], origins: ['https://editor.example'], keys: [] })

function request(headers: Record<string, string>, localAddress = '127.0.0.1', url = '/v1/models') {
  return { headers, url, socket: { localAddress } } as unknown as IncomingMessage
}

const refused = (headers: Record<string, string>, localAddress?: string) =>
  access.refuseStrangers(request(headers, localAddress))?.kind

describe('who may call', () => {
  it.each(['127.0.0.1:8000', 'localhost:8000', 'LOCALHOST', '[::1]:8000', '127.1.2.3:1', 'proxy.lan:8000'])(
    'a client by the name %s may',
    host => {
      expect(refused({ host })).toBeUndefined()
    },
  )

  it.each([
    'evil.example:8000',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8000',
    '192.168.1.5:8000',
    '',
    '[::1',
    'localhost:80:80',
    'user@localhost',
  ])('a client by the name %j may not, since a stranger’s name can be made to lead here', host => {
    expect(refused({ host })).toBe('forbidden')
  })

  it('a client that names the address it really reached may', () => {
    expect(refused({ host: '192.168.1.5:8000' }, '192.168.1.5')).toBeUndefined()
    expect(refused({ host: '192.168.1.5:8000' }, '::ffff:192.168.1.5')).toBeUndefined()
  })

  it('our own page may, and one of an allowed origin', () => {
    expect(refused({ host: '127.0.0.1:8000', origin: 'http://127.0.0.1:8000' })).toBeUndefined()
    expect(refused({ host: '127.0.0.1:8000', origin: 'https://editor.example' })).toBeUndefined()
  })

  it.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1:9999',
    'http://localhost:8000',
    'https://editor.example.evil',
    '',
  ])('a page of origin %j may not', origin => {
    expect(refused({ host: '127.0.0.1:8000', origin })).toBe('forbidden')
  })

  it('a cross-site request without an origin may not, but a link to us may', () => {
    expect(refused({ host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(
      'forbidden',
    )
    expect(refused({ host: 'localhost', 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' })).toBe('forbidden')
    expect(refused({ host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBeUndefined()
    expect(refused({ host: 'localhost', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' })).toBeUndefined()
  })
})

describe('local keys', () => {
  const locked = createAccess({ hosts: [], origins: [], keys: ['local-key-one', 'local-key-two'] })
  const answer = (headers: Record<string, string>, url?: string) =>
    locked.refuseWithoutKey(request(headers, '127.0.0.1', url))?.kind

  it.each([
    [{ authorization: 'Bearer local-key-one' }],
    [{ authorization: 'bearer local-key-two' }],
    [{ 'x-api-key': 'local-key-one' }],
    [{ 'x-goog-api-key': 'local-key-two' }],
  ])('are taken where each API has its place: %j', headers => {
    expect(answer(headers)).toBeUndefined()
  })

  it('are taken from the query, encoded or not', () => {
    expect(answer({}, '/v1beta/models?key=local-key-one')).toBeUndefined()
    expect(answer({}, '/v1beta/models?alt=sse&key=local%2Dkey%2Dtwo')).toBeUndefined()
  })

  it('are missed and told apart from others', () => {
    expect(answer({})).toBe('unauthenticated')
    expect(answer({ authorization: 'Bearer local-key-on' })).toBe('unauthenticated')
    expect(answer({ authorization: 'Basic bG9jYWw=' })).toBe('unauthenticated')
    expect(answer({}, '/x?key=%')).toBe('unauthenticated')
  })

  it('are not asked for where none is configured', () => {
    expect(access.refuseWithoutKey(request({}))).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { readArguments } from '../../main/arguments.ts'

describe('the command line', () => {
  it('gives our own options, in either form', () => {
    expect(
      readArguments(['/opt/app', '--data-dir=/tmp/x', '--config', '/tmp/c.yaml', '--port', '0', '--hidden']),
    ).toEqual({ dataDir: '/tmp/x', config: '/tmp/c.yaml', flags: { port: '0' }, hidden: true, order: undefined })
  })

  it('may have none', () => {
    expect(readArguments(['/opt/app'])).toEqual({
      dataDir: undefined,
      config: undefined,
      flags: {},
      hidden: false,
      order: undefined,
    })
  })

  it('passes over what is Electron’s, Chromium’s or a launcher’s', () => {
    const argv = ['electron', '-r', '/x.cjs', '--inspect=0', '--no-sandbox', '.', '--user-data-dir=/u', '--port=81']
    expect(readArguments(argv)).toMatchObject({ dataDir: undefined, flags: { port: '81' } })
  })

  it('takes an option without its value for none', () => {
    expect(readArguments(['app', '--port']).flags).toEqual({})
  })

  it('hands on an order from Windows’ jump list', () => {
    expect(readArguments(['app', '--stop-proxy']).order).toBe('stop')
    expect(readArguments(['app', '--start-proxy']).order).toBe('start')
  })
})

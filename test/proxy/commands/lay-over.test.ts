import { describe, expect, it } from 'vitest'
import { layOver, whyChanged } from '../../../proxy/commands/lay-over.ts'
import { assistant, request, texts, user } from './support.ts'

const KEY = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789'

describe('what a session lays over a request', () => {
  it('is nothing where no command says so, and the request stays the very same', () => {
    const asked = request(user(KEY))
    expect(layOver(asked, { model: 'x', oneOff: 'a:b', project: 'p', redactKeys: false })).toBe(asked)
    expect(whyChanged({ model: 'x', backend: 'b', redactKeys: false, loopDetection: false })).toBeUndefined()
  })

  it('is told in words where the client’s body can’t go on as it is', () => {
    for (const overrides of [
      { params: { temperature: 1 } },
      { promptPrefix: 'a' },
      { promptSuffix: 'a' },
      { redactKeys: true },
      { loopDetection: true },
    ]) {
      expect(whyChanged(overrides)).toMatch(/\w+ \w+/)
    }
  })

  it('masks keys wherever they stand', () => {
    const asked = {
      ...request(user(`use ${KEY}`), assistant(`I use ${KEY}`)),
      system: [{ text: `The key is ${KEY}`, origin: 'system' as const }],
    }
    const result = layOver(asked, { redactKeys: true })
    expect(JSON.stringify(result)).not.toContain(KEY)
    expect(texts(result)[0]).toEqual(['user', 'use [masked …6789]'])
  })

  it('puts the text of a reasoning mode around what the user says, not around reminders', () => {
    const asked = request(user('<system-reminder>x</system-reminder>', 'one'), assistant('1'), user('two'))
    expect(texts(layOver(asked, { promptPrefix: 'Think: ', promptSuffix: ' Slowly.' }))).toEqual([
      ['user', '<system-reminder>x</system-reminder>', 'Think: one Slowly.'],
      ['assistant', '1'],
      ['user', 'Think: two Slowly.'],
    ])
  })
})

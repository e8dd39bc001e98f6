import { describe, expect, it } from 'vitest'
import { addressOf } from '../../main/links.ts'

describe('a link of the window', () => {
  it.each(['docs', 'openai-keys', 'openrouter-keys'])('%s leads to a page on the web', link => {
    expect(new URL(addressOf(link)).protocol).toBe('https:')
  })

  it.each(['https://evil.example/', 'file:///etc/passwd', 'toString', ''])(
    'is no address of the window’s own: %j',
    link => {
      expect(() => addressOf(link)).toThrow('There is no link')
    },
  )
})

import { describe, expect, it } from 'vitest'
import { partOf, withPart } from '../../../proxy/config/part.ts'
import { ConfigError } from '../../../proxy/config/problems.ts'

const names = ['default_backend', 'model_aliases', 'routing']
const written = `# My proxy.

default_backend: openai   # for now

# Short names.
model_aliases:
  - { pattern: fast, replacement: a:b }
server:
  port: 8000
# Who goes where.
routing:
  rules: []
# the end
`

const part = `default_backend: openai   # for now

# Short names.
model_aliases:
  - { pattern: fast, replacement: a:b }
# Who goes where.
routing:
  rules: []
`

const replaced = (text: string, part: string) => withPart(text, names, { part, file: 'config.yaml' })

describe('A part of the config file', () => {
  it('is the lines of its sections, with their comments', async () => {
    expect(await partOf(written, names, 'config.yaml')).toBe(part)
    expect(await partOf('server: { port: 1 }\n', names, 'config.yaml')).toBe('')
    expect(await partOf('', names, 'config.yaml')).toBe('')
  })

  it('takes the place of what was there, and leaves the rest to the letter', async () => {
    const server = 'server:\n  port: 8000\n'
    expect(await replaced(written, part)).toEqual({
      text: `# My proxy.\n\n${part}${server}# the end\n`,
      firstLine: 3,
    })
    expect(await replaced(written, ' \n')).toEqual({ text: `# My proxy.\n\n${server}# the end\n`, firstLine: 3 })
  })

  it.each([
    ['a file of other things', 'server:\n  port: 1', 'server:\n  port: 1\nrouting: {}\n', 3],
    ['an empty file', '', 'routing: {}\n', 1],
    ['lines from Windows', 'log_level: info\r\nrouting:\r\n  rules: []\r\n', 'log_level: info\r\nrouting: {}\r\n', 2],
  ])('can be put into %s', async (_, before, after, firstLine) => {
    expect(await replaced(before, 'routing: {}')).toEqual({ text: after, firstLine })
  })

  it('can not be told apart in a file of braces, or a broken one', async () => {
    await expect(partOf('{ routing: {} }', names, 'config.yaml')).rejects.toThrow('is written in braces')
    await expect(replaced('routing: [', '')).rejects.toBeInstanceOf(ConfigError)
  })
})

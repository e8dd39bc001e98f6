import { expect, it } from 'vitest'
import { familyOf } from '../../../../proxy/protocols/anthropic/families.ts'

it.each([
  ['claude-opus-4-6', ['claude-opus-4-6-20260205', 'anthropic/claude-opus-4.6', 'eu.anthropic.claude-opus-4-6-v1:0']],
  ['claude-opus-4', ['claude-opus-4-20250514', 'claude-opus-4-1-20250805', 'claude-opus-4@20250514']],
  ['claude-fable-5', ['claude-fable-5-20261001']],
  ['claude-3-5', ['claude-3-5-sonnet-20241022', 'claude-3.5-haiku']],
  ['claude-opus-5-5', ['claude-opus-6', 'claude-novel', 'Claude-Opus-5-5-20261120']],
  ['gpt-5', ['kimi-k3', 'MiniMax-M3', '']],
])('takes models like %s for what they are', (model, others) => {
  for (const other of others) expect(familyOf(other)).toEqual(familyOf(model))
})

it('knows families apart that begin alike', () => {
  const ids = [
    'claude-opus-5-5',
    'claude-opus-5',
    'claude-opus-4-7',
    'claude-opus-4-6',
    'claude-opus-4-5',
    'claude-opus-4',
  ]
  expect(new Set(ids.map(familyOf)).size).toBe(ids.length)
})

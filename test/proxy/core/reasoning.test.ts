import { describe, expect, it } from 'vitest'
import { effortOf } from '../../../proxy/core/reasoning.ts'

describe('effortOf', () => {
  it.each([
    [{ mode: 'off', effort: 'high' }, 'none'],
    [{ effort: 'low', budgetTokens: 30_000 }, 'low'],
    [{ budgetTokens: 0 }, 'none'],
    [{ budgetTokens: 512 }, 'minimal'],
    [{ budgetTokens: 1024 }, 'low'],
    [{ budgetTokens: 8192 }, 'medium'],
    [{ budgetTokens: 24_576 }, 'high'],
    [{ budgetTokens: 31_999 }, 'xhigh'],
    [{ budgetTokens: -1 }, undefined],
    [{ mode: 'adaptive' }, undefined],
  ] as const)('of %j is %s', (reasoning, effort) => {
    expect(effortOf(reasoning)).toBe(effort)
  })
})

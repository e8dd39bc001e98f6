import { describe, expect, it } from 'vitest'
import type { Backend } from '../../../proxy/backends/backend.ts'
import { createBackends } from '../../../proxy/backends/index.ts'
import { presets } from '../../../proxy/backends/presets.ts'
import { configSchema } from '../../../proxy/config/schema.ts'
import { ProxyError } from '../../../proxy/core/errors.ts'
import { createPlan } from '../../../proxy/routing/plan.ts'

const backends = createBackends(
  configSchema.parse({
    backends: {
      work: {
        type: 'custom',
        protocol: 'openai-chat',
        api_url: 'http://127.0.0.1:1/v1',
        models: ['gpt-x', 'llama3:8b'],
      },
      free: { type: 'custom', protocol: 'openai-chat', api_url: 'http://127.0.0.1:2/v1/' },
      gone: { type: 'custom', protocol: 'openai-chat', api_url: 'http://127.0.0.1:3/v1', enabled: false },
    },
  }),
)

const routed = (asked: string, fallback = 'work') => {
  const { backend, model } = createPlan(backends, fallback)(asked)
  return `${backend.id} ${model}`
}

function refusal(asked: string, fallback = 'work'): { kind: string; message: string } {
  try {
    routed(asked, fallback)
  } catch (error) {
    if (error instanceof ProxyError) return { kind: error.kind, message: error.message }
    throw error
  }
  throw new Error(`${asked} was not refused`)
}

describe('a plan', () => {
  it.each([
    ['gpt-x', 'work gpt-x'],
    ['work:gpt-x', 'work gpt-x'],
    ['free:anything', 'free anything'],
    ['free:vendor/model:free', 'free vendor/model:free'],
    ['demo:demo-slow', 'demo demo-slow'],
    ['llama3:8b', 'work llama3:8b'],
    ['work:llama3:8b', 'work llama3:8b'],
  ])('takes %s to %s', (asked, target) => {
    expect(routed(asked)).toBe(target)
  })

  it('takes a name with a slash before its colon as a model of the default backend', () => {
    expect(routed('vendor/model:free', 'free')).toBe('free vendor/model:free')
  })

  it('lets the default name the model for those who name none', () => {
    expect(routed('', 'work:gpt-x')).toBe('work gpt-x')
    expect(routed('llama3:8b', 'work:gpt-x')).toBe('work llama3:8b')
  })

  it('refuses an unknown backend and says which there are', () => {
    expect(refusal('nosuch:gpt-x')).toEqual({
      kind: 'unknown-model',
      message: `There is no backend "nosuch". There are: ${['work', 'free', ...Object.keys(presets), 'demo'].join(', ')}.`,
    })
  })

  it('refuses a model that a closed list does not have and says which it has', () => {
    expect(refusal('work:gpt-9')).toEqual({
      kind: 'unknown-model',
      message: 'Backend "work" has no model "gpt-9". It has: gpt-x, llama3:8b.',
    })
  })

  it('refuses a request that names no model when the default names none either', () => {
    expect(refusal('').kind).toBe('invalid-request')
    expect(refusal('work:').kind).toBe('invalid-request')
  })

  it('gives the same answer the second time, and after a thousand others', () => {
    const plan = createPlan(backends, 'free')
    const first = plan('work:gpt-x')
    for (let i = 0; i < 3000; i++) plan(`free:m${i}`)
    expect(plan('work:gpt-x')).toEqual(first)
  })
})

describe('the backends of a config', () => {
  it('leave out those that are switched off', () => {
    expect([...backends.keys()]).toEqual(['work', 'free', ...Object.keys(presets), 'demo'])
  })

  it('have base URLs without a trailing slash', () => {
    const free: Backend | undefined = backends.get('free')
    expect(free?.kind === 'remote' && free.apis[0].baseUrl).toBe('http://127.0.0.1:2/v1')
  })
})

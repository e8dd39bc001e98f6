import type { Api } from './backend.ts'

/** What is known of a service without any configuration. A row states only what is particular to it. */
export interface Preset {
  readonly title: string
  /** The protocols it serves; the first is the one that others are translated to. */
  readonly apis: readonly [Api, ...Api[]]
  /** Prefixes of its environment variables, first wins: `OPENAI` for `OPENAI_API_KEY`, `OPENAI_API_BASE_URL`, `OPENAI_TIMEOUT`. */
  readonly envPrefixes: readonly [string, ...string[]]
}

/** The services we know, by id. The order is the order in which a default is looked for. */
export const presets = {
  openai: {
    title: 'OpenAI',
    apis: [
      { protocol: 'openai-chat', baseUrl: 'https://api.openai.com/v1' },
      { protocol: 'openai-responses', baseUrl: 'https://api.openai.com/v1' },
    ],
    envPrefixes: ['OPENAI'],
  },
  anthropic: {
    title: 'Anthropic',
    apis: [{ protocol: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' }],
    envPrefixes: ['ANTHROPIC'],
  },
  openrouter: {
    title: 'OpenRouter',
    apis: [
      { protocol: 'openai-chat', baseUrl: 'https://openrouter.ai/api/v1' },
      { protocol: 'anthropic', baseUrl: 'https://openrouter.ai/api/v1', auth: 'bearer' },
      { protocol: 'openai-responses', baseUrl: 'https://openrouter.ai/api/v1' },
    ],
    envPrefixes: ['OPENROUTER'],
  },
} as const satisfies Readonly<Record<string, Preset>>

/** The preset of that id, if there is one. */
export function presetOf(id: string): Preset | undefined {
  return Object.hasOwn(presets, id) ? presets[id as keyof typeof presets] : undefined
}

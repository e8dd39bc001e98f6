import type { ProtocolId } from '../protocols/protocol.ts'

/** What is known of a service without any configuration. A row states only what is particular to it. */
export interface Preset {
  readonly title: string
  readonly protocol: ProtocolId
  readonly baseUrl: string
  /** Prefix of its environment variables: `OPENAI` for `OPENAI_API_KEY`, `OPENAI_API_BASE_URL`, `OPENAI_TIMEOUT`. */
  readonly envPrefix: string
}

/** The services we know, by id. The order is the order in which a default is looked for. */
export const presets = {
  openai: { title: 'OpenAI', protocol: 'openai-chat', baseUrl: 'https://api.openai.com/v1', envPrefix: 'OPENAI' },
  anthropic: {
    title: 'Anthropic',
    protocol: 'anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    envPrefix: 'ANTHROPIC',
  },
  openrouter: {
    title: 'OpenRouter',
    protocol: 'openai-chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    envPrefix: 'OPENROUTER',
  },
} as const satisfies Readonly<Record<string, Preset>>

/** The preset of that id, if there is one. */
export function presetOf(id: string): Preset | undefined {
  return Object.hasOwn(presets, id) ? presets[id as keyof typeof presets] : undefined
}

import { own } from '../core/own.ts'
import type { Dialect } from '../protocols/openai-chat/dialect.ts'
import type { Quirks } from './quirks.ts'
import { HOMEPAGE } from '../version.ts'
import { loginPresets } from './login-presets.ts'
import type { LoginPreset, Preset } from './preset.ts'

/** As servers of open models speak: without what OpenAI has added since they copied it. */
const open: Dialect = {
  maxTokensField: 'max_tokens',
  developerRole: false,
  customTools: false,
  allowedTools: false,
  openaiModels: false,
}

/** What OpenAI's bodies may hold and a strict server of another vendor takes for a mistake. */
const openaiOnly = [
  'metadata',
  'modalities',
  'prediction',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
  'verbosity',
  'web_search_options',
]

const zai: Quirks = {
  dialect: { ...open, reasoningField: 'reasoning_content' },
  refuses: [...openaiOnly, 'reasoning', 'reasoning_effort'],
  thinkingSwitch: true,
  mostTokens: 200_000,
  refusals: [
    {
      says: /"code"\s*:\s*"?1113\b/,
      means: 'out-of-credit',
      hint: 'Z.AI says so, too, of keys of its coding plan on its general address, and the other way round: zai-coding-plan and zai are two backends.',
    },
    { says: /"code"\s*:\s*"?100[0-4]\b/, means: 'unauthenticated' },
    { says: /"code"\s*:\s*"?1211\b/, means: 'unknown-model' },
    { says: /"code"\s*:\s*"?130[2358]\b/, means: 'rate-limited' },
  ],
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
    prefixes: ['openai'],
  },
  'openai-responses': {
    title: 'OpenAI (Responses)',
    apis: [{ protocol: 'openai-responses', baseUrl: 'https://api.openai.com/v1' }],
    envPrefixes: ['OPENAI'],
    prefixes: ['openai'],
    keyName: 'openai',
    note: 'The same service and key as openai, always asked by the Responses API.',
  },
  anthropic: {
    title: 'Anthropic',
    apis: [{ protocol: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' }],
    envPrefixes: ['ANTHROPIC'],
    prefixes: ['anthropic'],
  },
  gemini: {
    title: 'Google Gemini',
    apis: [{ protocol: 'gemini', baseUrl: 'https://generativelanguage.googleapis.com' }],
    envPrefixes: ['GEMINI'],
    prefixes: ['google'],
  },
  openrouter: {
    title: 'OpenRouter',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://openrouter.ai/api/v1',
        dialect: {
          reasoningField: 'reasoning',
          reasoningControl: 'reasoning',
          customTools: false,
          topK: true,
          cacheMarks: 'cache_control',
        },
        efforts: { max: 'xhigh' },
        identity: attribution(),
      },
      { protocol: 'anthropic', baseUrl: 'https://openrouter.ai/api/v1', auth: 'bearer', identity: attribution() },
      { protocol: 'openai-responses', baseUrl: 'https://openrouter.ai/api/v1', identity: attribution() },
    ],
    envPrefixes: ['OPENROUTER'],
  },
  nvidia: {
    title: 'NVIDIA NIM',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://integrate.api.nvidia.com/v1',
        dialect: { ...open, reasoningField: 'none' },
        refuses: [...openaiOnly, 'reasoning', 'reasoning_effort', 'stream_options', 'user', 'logit_bias'],
        http1Only: true,
      },
    ],
    envPrefixes: ['NVIDIA'],
  },
  zenmux: {
    title: 'ZenMux',
    apis: [
      { protocol: 'openai-chat', baseUrl: 'https://zenmux.ai/api/v1', identity: attribution() },
      { protocol: 'openai-responses', baseUrl: 'https://zenmux.ai/api/v1', identity: attribution() },
      { protocol: 'anthropic', baseUrl: 'https://zenmux.ai/api/anthropic/v1', identity: attribution() },
    ],
    envPrefixes: ['ZENMUX'],
  },
  zai: {
    title: 'Z.AI',
    apis: [
      { protocol: 'openai-chat', baseUrl: 'https://api.z.ai/api/paas/v4', ...zai },
      { protocol: 'anthropic', baseUrl: 'https://api.z.ai/api/anthropic/v1' },
    ],
    envPrefixes: ['ZAI'],
    models: ['glm-5.1', 'glm-5', 'glm-4.7', 'glm-4.6', 'glm-4.5', 'glm-4.5-air', 'glm-4.5-flash'],
    prefixes: ['zai', 'z-ai', 'zhipu'],
    note: 'In China the address is https://open.bigmodel.cn/api/paas/v4.',
  },
  'zai-coding-plan': {
    title: 'Z.AI coding plan',
    apis: [
      { protocol: 'openai-chat', baseUrl: 'https://api.z.ai/api/coding/paas/v4', ...zai, bareHeaders: true },
      { protocol: 'anthropic', baseUrl: 'https://api.z.ai/api/anthropic/v1', bareHeaders: true },
    ],
    envPrefixes: ['ZAI_CODING_PLAN', 'ZAI'],
    models: ['glm-5.1', 'glm-5', 'glm-4.7', 'glm-4.6', 'glm-4.5-air'],
    prefixes: ['zai', 'z-ai', 'zhipu'],
    note: 'Z.AI sells this plan for use in coding tools.',
  },
  'kimi-code': {
    title: 'Kimi Code',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.kimi.com/coding/v1',
        dialect: { ...open, reasoningField: 'reasoning_content' },
        thoughtsBesideCalls: true,
        cumulative: true,
        bareHeaders: true,
        agentsOnly: true,
        refusals: [kimiGate()],
      },
      {
        protocol: 'anthropic',
        baseUrl: 'https://api.kimi.com/coding/v1',
        bareHeaders: true,
        agentsOnly: true,
        refusals: [kimiGate()],
      },
    ],
    envPrefixes: ['KIMI', 'KIMI_CODE'],
    models: ['kimi-for-coding', 'kimi-for-coding-highspeed'],
    prefixes: ['kimi'],
    note: 'Kimi serves coding agents only, and tells them by their name, which is passed on. Outside China the address is https://api.kimi.ai/coding/v1.',
  },
  minimax: {
    title: 'MiniMax',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.minimax.io/v1',
        dialect: open,
        errorsInside200: true,
        thinkTags: true,
      },
      { protocol: 'anthropic', baseUrl: 'https://api.minimax.io/anthropic/v1' },
    ],
    envPrefixes: ['MINIMAX'],
    models: [
      'MiniMax-M2',
      'MiniMax-M2.1',
      'MiniMax-M2.1-highspeed',
      'MiniMax-M2.5',
      'MiniMax-M2.5-highspeed',
      'MiniMax-M2.7',
      'MiniMax-M2.7-highspeed',
    ],
    listsModels: false,
    prefixes: ['minimax'],
    note: 'Keys belong to a region: in China the address is https://api.minimaxi.com/v1.',
  },
  internlm: {
    title: 'InternLM',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://chat.intern-ai.org.cn/api/v1',
        dialect: open,
        adds: { thinking_mode: true },
        streams: false,
      },
    ],
    envPrefixes: ['INTERNAI'],
    models: ['intern-latest', 'intern-s1-pro', 'intern-s1', 'intern-s1-mini'],
    listsModels: false,
    prefixes: ['internlm'],
    keysEndAtGap: true,
    note: 'Asked for whole answers only, since its streams are not reliable; a client that streams gets the whole answer as one.',
  },
  deepseek: {
    title: 'DeepSeek',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.deepseek.com',
        dialect: { ...open, reasoningField: 'reasoning_content' },
      },
      { protocol: 'anthropic', baseUrl: 'https://api.deepseek.com/anthropic/v1' },
    ],
    envPrefixes: ['DEEPSEEK'],
    models: ['deepseek-chat', 'deepseek-reasoner'],
    prefixes: ['deepseek'],
  },
  groq: {
    title: 'Groq',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.groq.com/openai/v1',
        dialect: { ...open, reasoningField: 'none' },
      },
    ],
    envPrefixes: ['GROQ'],
  },
  mistral: {
    title: 'Mistral',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.mistral.ai/v1',
        dialect: { ...open, reasoningField: 'thinking' },
        refuses: [...openaiOnly, 'stream_options', 'user', 'logit_bias', 'logprobs', 'top_logprobs'],
      },
    ],
    envPrefixes: ['MISTRAL'],
    prefixes: ['mistralai'],
  },
  xai: {
    title: 'xAI',
    apis: [
      { protocol: 'openai-chat', baseUrl: 'https://api.x.ai/v1', dialect: open },
      { protocol: 'openai-responses', baseUrl: 'https://api.x.ai/v1' },
    ],
    envPrefixes: ['XAI'],
    prefixes: ['x-ai', 'xai'],
  },
  moonshot: {
    title: 'Moonshot AI',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.moonshot.ai/v1',
        dialect: { ...open, reasoningField: 'reasoning_content' },
      },
      { protocol: 'anthropic', baseUrl: 'https://api.moonshot.ai/anthropic/v1' },
    ],
    envPrefixes: ['MOONSHOT'],
    prefixes: ['moonshotai'],
    note: 'Not the same keys as Kimi Code’s. In China the address is https://api.moonshot.cn/v1.',
  },
  together: {
    title: 'Together AI',
    apis: [{ protocol: 'openai-chat', baseUrl: 'https://api.together.xyz/v1', dialect: { ...open, topK: true } }],
    envPrefixes: ['TOGETHER'],
  },
  fireworks: {
    title: 'Fireworks AI',
    apis: [
      { protocol: 'openai-chat', baseUrl: 'https://api.fireworks.ai/inference/v1', dialect: { ...open, topK: true } },
    ],
    envPrefixes: ['FIREWORKS'],
  },
  cerebras: {
    title: 'Cerebras',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.cerebras.ai/v1',
        dialect: { ...open, maxTokensField: 'max_completion_tokens' },
      },
    ],
    envPrefixes: ['CEREBRAS'],
  },
  'azure-openai': {
    title: 'Azure OpenAI',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://resource.openai.azure.com/openai/v1',
        auth: { header: 'api-key' },
      },
      {
        protocol: 'openai-responses',
        baseUrl: 'https://resource.openai.azure.com/openai/v1',
        auth: { header: 'api-key' },
      },
    ],
    envPrefixes: ['AZURE_OPENAI'],
    address: 'https://RESOURCE.openai.azure.com',
    path: '/openai/v1',
    note: 'A model is named by its deployment. The older form of address is taken too: https://RESOURCE.openai.azure.com/openai/deployments/{model}?api-version=2024-10-21.',
  },
  ollama: {
    title: 'Ollama',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'http://127.0.0.1:11434/v1',
        dialect: open,
        refuses: ['reasoning', 'reasoning_effort'],
      },
    ],
    envPrefixes: ['OLLAMA'],
    isLocalServer: true,
  },
  lmstudio: {
    title: 'LM Studio',
    apis: [{ protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:1234/v1', dialect: open }],
    envPrefixes: ['LMSTUDIO'],
    isLocalServer: true,
  },
  llamacpp: {
    title: 'llama.cpp',
    apis: [{ protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:8080/v1', dialect: { ...open, topK: true } }],
    envPrefixes: ['LLAMACPP'],
    isLocalServer: true,
  },
  vllm: {
    title: 'vLLM',
    apis: [{ protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:8000/v1', dialect: { ...open, topK: true } }],
    envPrefixes: ['VLLM'],
    isLocalServer: true,
    note: 'Its usual port is ours, too: one of the two needs another (server.port, or api_url).',
  },
} as const satisfies Readonly<Record<string, Preset>>

/** The preset of that id, if there is one. */
export function presetOf(id: string): Preset | LoginPreset | undefined {
  return own<Preset | LoginPreset>(loginPresets, id) ?? own<Preset>(presets, id)
}

/** How these gateways ask a program to name itself; what a client says of itself stays. */
function attribution() {
  return { 'http-referer': HOMEPAGE, 'x-title': 'LLM Interactive Proxy' }
}

function kimiGate() {
  return {
    says: /access_terminated_error|Coding Agents/,
    means: 'forbidden',
    hint: 'Kimi Code looks at the name of the client: call it from a coding agent, or use the Moonshot platform (backend moonshot).',
  } as const
}

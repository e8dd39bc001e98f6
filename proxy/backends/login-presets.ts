import type { Config } from '../config/schema.ts'
import { own } from '../core/own.ts'
import { codexDialect } from '../protocols/openai-responses/dialect.ts'
import { HOMEPAGE } from '../version.ts'
import type { Api } from './backend.ts'
import type { LoginPreset } from './preset.ts'

/** What ChatGPT's own door of the Responses API refuses that OpenAI's takes. */
const refusedByCodex = [
  'frequency_penalty',
  'generate',
  'max_output_tokens',
  'metadata',
  'presence_penalty',
  'previous_response_id',
  'prompt_cache_retention',
  'safety_identifier',
  'stream_options',
  'temperature',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
]

const openaiOnly = [
  'metadata',
  'prediction',
  'prompt_cache_key',
  'service_tier',
  'store',
  'verbosity',
  'web_search_options',
]

const geminiModels = [
  'gemini-3.1-pro-preview',
  'gemini-3-pro-preview',
  'gemini-3.5-flash',
  'gemini-3-flash-preview',
  'gemini-3.1-flash-lite',
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-2.5-flash-lite',
]

const codeAssist: Api = {
  protocol: 'code-assist',
  baseUrl: 'https://cloudcode-pa.googleapis.com',
  envelope: 'gemini-cli',
  // The project of the account, which no client knows.
  adds: {},
}

const kimiQuirks = {
  bareHeaders: true,
  agentsOnly: true,
  refusals: [
    {
      says: /access_terminated_error|Coding Agents/,
      means: 'forbidden',
      hint: 'Kimi Code looks at the name of the client: call it from a coding agent, or use an API key (backend kimi-code).',
    },
  ],
} as const

/** The services that are called with the sign-in of another program, by id: the same as the login's. */
export const loginPresets = {
  'openai-codex': {
    title: 'Codex (ChatGPT account)',
    login: 'openai-codex',
    apis: [
      {
        protocol: 'openai-responses',
        baseUrl: 'https://chatgpt.com/backend-api/codex',
        responsesDialect: codexDialect,
        refuses: refusedByCodex,
        demands: { stream: true, store: false },
        fills: { instructions: '' },
        refusesRoles: ['system'],
        sessionHeaders: ['session_id', 'conversation_id'],
        identity: { originator: 'llm-interactive-proxy' },
      },
    ],
    models: [
      'gpt-5.6-sol',
      'gpt-5.6-terra',
      'gpt-5.6-luna',
      'gpt-5.5',
      'gpt-5.4',
      'gpt-5.4-mini',
      'gpt-5.3-codex-spark',
    ],
    listsModels: false,
    prefixes: ['openai'],
  },
  'anthropic-oauth': {
    title: 'Claude Code (Claude plan)',
    login: 'anthropic-oauth',
    apis: [{ protocol: 'anthropic', baseUrl: 'https://api.anthropic.com/v1', auth: 'bearer' }],
    models: [
      'claude-fable-5',
      'claude-opus-5',
      'claude-sonnet-5',
      'claude-opus-4-8',
      'claude-sonnet-4-6',
      'claude-haiku-4-5-20251001',
    ],
    listsModels: false,
    prefixes: ['anthropic'],
  },
  'gemini-oauth-plan': {
    title: 'Gemini CLI (Google AI plan)',
    login: 'gemini-oauth-plan',
    apis: [codeAssist],
    models: geminiModels,
    listsModels: false,
    prefixes: ['google'],
  },
  'gemini-oauth-free': {
    title: 'Gemini CLI (free tier)',
    login: 'gemini-oauth-free',
    apis: [codeAssist],
    models: geminiModels,
    listsModels: false,
    prefixes: ['google'],
  },
  'gemini-cli-cloud-project': {
    title: 'Gemini CLI (Google Cloud project)',
    login: 'gemini-cli-cloud-project',
    apis: [codeAssist],
    models: geminiModels,
    listsModels: false,
    prefixes: ['google'],
  },
  'qwen-oauth': {
    title: 'Qwen Code',
    login: 'qwen-oauth',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://portal.qwen.ai/v1',
        dialect: {
          maxTokensField: 'max_tokens',
          developerRole: false,
          customTools: false,
          allowedTools: false,
          reasoningField: 'reasoning_content',
        },
        refuses: openaiOnly,
      },
    ],
    models: ['coder-model', 'vision-model', 'qwen3-coder-plus', 'qwen3-coder-flash'],
    listsModels: false,
    prefixes: ['qwen'],
  },
  cline: {
    title: 'Cline account',
    login: 'cline',
    isMetered: true,
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.cline.bot/api/v1',
        dialect: { reasoningField: 'reasoning', reasoningControl: 'reasoning', customTools: false },
        // It streams unless told otherwise, and puts what it does not stream inside another object.
        demands: { stream: true },
        identity: { 'http-referer': HOMEPAGE, 'x-title': 'LLM Interactive Proxy' },
      },
    ],
    models: ['anthropic/claude-sonnet-5', 'anthropic/claude-opus-5', 'openai/gpt-5.5', 'google/gemini-3.1-pro-preview'],
    listsModels: false,
  },
  'antigravity-oauth': {
    title: 'Antigravity',
    login: 'antigravity-oauth',
    apis: [
      {
        protocol: 'code-assist',
        baseUrl: 'https://daily-cloudcode-pa.googleapis.com',
        envelope: 'antigravity',
        adds: {},
      },
    ],
    models: [
      'gemini-3.1-pro-low',
      'gemini-pro-agent',
      'gemini-3-flash',
      'gemini-3.5-flash-low',
      'gemini-3.1-flash-lite',
      'claude-sonnet-4-6',
      'claude-opus-4-6-thinking',
      'gpt-oss-120b-medium',
    ],
    listsModels: false,
  },
  'kimi-oauth': {
    title: 'Kimi Code (subscription)',
    login: 'kimi-oauth',
    apis: [
      {
        protocol: 'openai-chat',
        baseUrl: 'https://api.kimi.com/coding/v1',
        dialect: {
          maxTokensField: 'max_tokens',
          developerRole: false,
          customTools: false,
          allowedTools: false,
          reasoningField: 'reasoning_content',
        },
        thoughtsBesideCalls: true,
        cumulative: true,
        ...kimiQuirks,
      },
      { protocol: 'anthropic', baseUrl: 'https://api.kimi.com/coding/v1', auth: 'bearer', ...kimiQuirks },
    ],
    models: ['kimi-for-coding', 'kimi-for-coding-highspeed'],
    prefixes: ['kimi'],
  },
} as const satisfies Readonly<Record<string, LoginPreset>>

/** Every backend that is called with a login, by the config or by the list, those included that are switched off. */
export function loginBackends({ backends }: Config) {
  const listed = Object.keys(loginPresets).filter(id => backends[id] === undefined)
  const entries = [
    ...listed.map(id => ({ id, type: id, apiUrl: undefined })),
    ...Object.entries(backends).map(([id, { type, api_url: apiUrl }]) => ({ id, type, apiUrl })),
  ]
  return entries.flatMap(({ id, type, apiUrl }) => {
    const preset = own<LoginPreset>(loginPresets, type)
    return preset === undefined
      ? []
      : [{ id, login: preset.login, baseUrl: (apiUrl ?? preset.apis[0].baseUrl).replace(/\/+$/, '') }]
  })
}

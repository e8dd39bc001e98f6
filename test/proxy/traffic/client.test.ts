import { describe, expect, test } from 'vitest'
import { clientOf } from '../../../proxy/traffic/client.ts'

describe('the client’s name', () => {
  test.each([
    ['claude-cli/2.1.330 (external, sdk-cli)', 'claude-code'],
    ['codex_exec/0.169.0 (Debian 12.0.0; x86_64) xterm-256color (codex_exec; 0.169.0)', 'codex'],
    ['codex_cli_rs/0.40.0 (Mac OS 15.0; arm64)', 'codex'],
    ['GeminiCLI-tui/0.61.0/gemini-2.5-pro (linux; x64; terminal)', 'gemini-cli'],
    ['QwenCode/0.24.4 (linux; x64)', 'qwen-code'],
    ['Cline/3.40.0', 'cline'],
    ['opencode/1.18.33 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.14', 'opencode'],
    ['Cursor/1.7.0', 'cursor'],
    ['OpenAI/JS 7.57.0', 'openai-node'],
    ['OpenAI/Python 2.3.0', 'openai-python'],
    ['AsyncOpenAI/Python 2.3.0', 'openai-python'],
    ['Anthropic/JS 1.12.0', 'anthropic-sdk'],
    ['AsyncAnthropic/Python 0.90.0', 'anthropic-sdk'],
    ['google-genai-sdk/3.1.0 gl-node', 'google-genai'],
    ['ai-sdk/openai-compatible/3.0.37 ai-sdk/provider-utils/5.0.30 runtime/bun/1.3.13', 'ai-sdk'],
    ['ai-sdk-anthropic/4.0.105 ai-sdk-provider-utils/5.0.81 NODE', 'ai-sdk'],
    ['ai/7.0.173 ai-sdk-provider-utils/5.0.81 NODE', 'ai-sdk'],
    ['langchainjs-openai/1.0.0 ((node/NODE; linux; x64))', 'langchain'],
    ['curl/8.14.1', 'curl'],
    ['node', 'node'],
    ['Aider-Chat/1.0 (linux)', 'aider-chat'],
    ['aiohttp/3.9', 'aiohttp'],
    ['  ', 'unknown'],
    ['', 'unknown'],
    [undefined, 'unknown'],
  ])('in %j is %s', (userAgent, name) => {
    expect(clientOf(userAgent)).toBe(name)
  })

  test('is short, however long the header', () => {
    expect(clientOf('x'.repeat(5000))).toBe('x'.repeat(40))
  })

  test('is found again after more headers than are remembered', () => {
    for (let i = 0; i < 1000; i++) clientOf(`tool${i}/1.0`)
    expect(clientOf('tool3/1.0')).toBe('tool3')
  })
})

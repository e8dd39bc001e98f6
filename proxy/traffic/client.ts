import { remembered } from '../core/remembered.ts'

/** The short name of a client by its `User-Agent`: the agent where it names itself, else its SDK, else its first product token. */
export function clientOf(userAgent: string | undefined): string {
  return userAgent === undefined || userAgent === '' ? 'unknown' : nameIn(userAgent)
}

const NAME_LIMIT = 40

/** Clients send the same header with every request: a lookup is cheaper than a dozen expressions. */
const nameIn = remembered(userAgent => {
  for (const [pattern, name] of names) if (pattern.test(userAgent)) return name
  const [product = ''] = userAgent.trim().split(/[/\s(;]/, 1)
  return product === '' ? 'unknown' : product.slice(0, NAME_LIMIT).toLowerCase()
}, 256)

/**
 * Agents first, since they name the SDK they use behind themselves. Cline names only its SDK, and Qwen Code says that it is
 * Claude Code where it speaks Anthropic's protocol: those two can't be told apart here.
 */
const names: readonly (readonly [RegExp, string])[] = [
  [/^claude-(?:cli|code)\//i, 'claude-code'],
  [/^codex/i, 'codex'],
  [/^GeminiCLI/i, 'gemini-cli'],
  [/^QwenCode/i, 'qwen-code'],
  [/^opencode\//i, 'opencode'],
  [/\bcline\//i, 'cline'],
  [/\bRoo-?Code\//i, 'roo-code'],
  [/\bKilo-?Code\//i, 'kilo-code'],
  [/^cursor\b/i, 'cursor'],
  [/^(?:Async)?(?:Azure)?OpenAI\/JS\b/i, 'openai-node'],
  [/^(?:Async)?(?:Azure)?OpenAI\/Python\b/i, 'openai-python'],
  [/^(?:Async)?Anthropic(?:Bedrock|Vertex)?\/\w/i, 'anthropic-sdk'],
  [/^google-genai-sdk\//i, 'google-genai'],
  [/^ai(?:-sdk)?[-/]/i, 'ai-sdk'],
  [/^langchain/i, 'langchain'],
  [/^curl\//i, 'curl'],
]

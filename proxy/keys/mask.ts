import { keyShape } from './key-shape.ts'

/** Header values by name, as Node and undici give them. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Headers without the secrets in them: of a key its scheme and last four characters stay, of cookies their names. Other
 * headers are masked as texts are.
 */
export function maskHeaders(headers: HeaderValues, known: readonly string[] = []): Record<string, string | string[]> {
  const masked: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue
    const mask = maskFor(name.toLowerCase(), known)
    masked[name] = typeof value === 'string' ? mask(value) : value.map(mask)
  }
  return masked
}

/** A text without secrets: neither those of `known` nor anything of the shape of a key. A known value of less than 8 characters is no secret. */
export function maskText(text: string, known: readonly string[] = []): string {
  // The known ones first and whole: a shape could end in the middle of one.
  const pattern = known.length === 0 ? undefined : patternOf(known)
  const masked = pattern === undefined ? text : text.replace(pattern, inBrackets)
  return masked.replace(keyShape, (match: string, bearer: string | undefined, parameter: string | undefined) => {
    const before = bearer ?? parameter ?? ''
    return before + inBrackets(match.slice(before.length))
  })
}

/** The last four characters of a key, to tell it by; nothing of one so short that they would give much of it away. */
export function fingerprint(key: string): string | undefined {
  return key.length >= 12 ? key.slice(-4) : undefined
}

/** Which backend a pasted key is of, by its prefix. `sk-` alone is also the prefix of vendors that copy OpenAI's. */
export function guessBackend(key: string): string | undefined {
  const trimmed = key.trim()
  return prefixes.find(([prefix]) => trimmed.startsWith(prefix))?.[1]
}

/** The first match wins, so longer prefixes stand before shorter ones. */
const prefixes = [
  ['sk-ant-', 'anthropic'],
  ['sk-or-', 'openrouter'],
  ['sk-kimi-', 'kimi-code'],
  ['sk-cp-', 'minimax'],
  ['sk-api-', 'minimax'],
  ['AIza', 'gemini'],
  ['nvapi-', 'nvidia'],
  ['gsk_', 'groq'],
  ['xai-', 'xai'],
  ['sk-', 'openai'],
] as const

/** The brackets keep what stays of a key from growing together with what follows it. */
function inBrackets(secret: string): string {
  return `[masked ${shortened(secret)}]`
}

function shortened(secret: string): string {
  return `…${fingerprint(secret) ?? ''}`
}

const keyHeader = /^(?:(?:proxy-)?authorization|(?:.*-)?(?:api-?key|subscription-key|token|secret|password))$/
const cookieHeader = /^(?:set-)?cookie2?$/

function maskFor(name: string, known: readonly string[]): (value: string) => string {
  if (keyHeader.test(name)) return maskCredential
  if (cookieHeader.test(name)) return maskCookie
  return value => maskText(value, known)
}

/** `Bearer …7F3A`. Of schemes other than Bearer nothing stays: the end of a Basic value is the end of a password. */
function maskCredential(value: string): string {
  const [, scheme, rest] = /^([A-Za-z][\w-]*)\s+(.+)$/s.exec(value.trim()) ?? []
  if (scheme === undefined || rest === undefined) return shortened(value.trim())
  return `${scheme} ${scheme.toLowerCase() === 'bearer' ? shortened(rest) : '…'}`
}

function maskCookie(value: string): string {
  return value
    .split(';')
    .map(pair => (pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=…` : '…'))
    .join(';')
}

/** Compiled once for each array of known values, which is why it should stay the same array while they do. */
const patterns = new WeakMap<readonly string[], { readonly pattern: RegExp | undefined }>()

function patternOf(known: readonly string[]): RegExp | undefined {
  const compiled = patterns.get(known) ?? { pattern: compile(known) }
  patterns.set(known, compiled)
  return compiled.pattern
}

function compile(known: readonly string[]): RegExp | undefined {
  const spellings = new Set(known.filter(value => value.length >= 8).flatMap(spellingsOf))
  if (spellings.size === 0) return undefined
  // Longest first: one may be the beginning of another.
  const alternatives = [...spellings].sort((a, b) => b.length - a.length).map(escaped)
  return new RegExp(alternatives.join('|'), 'g')
}

/** How a value reads in text, in JSON (whose slashes some escape too) and in a URL. */
function spellingsOf(value: string): string[] {
  const inJson = JSON.stringify(value).slice(1, -1)
  return [value, inJson, inJson.replaceAll('/', '\\/'), encodeURIComponent(value)]
}

/** A text as a pattern that matches only it. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}

/**
 * In what Anthropic's models differ, as far as a request is refused for it. Facts: Anthropic's model pages and migration
 * guides of November 2026, and what the API was seen to refuse.
 */
export interface Family {
  /** The most tokens that an answer may have; also what is asked for where the client sets no limit. */
  readonly maxTokens: number
  /** The modes of thinking that are taken; the first one that thinks is used where the client's own is not taken. */
  readonly thinking: readonly ThinkingMode[]
  /** Whether the model thinks if the request does not say. */
  readonly thinksByItself: boolean
  /** The efforts that are taken; an empty list where effort is not known at all. */
  readonly efforts: readonly WireEffort[]
  /** Whether an answer may be forced to call a tool. */
  readonly forcedTools: 'always' | 'unless-thinking' | 'never'
  /** Whether sampling may be tuned: in any way, by only one of temperature and top_p, or not at all. */
  readonly sampling: 'any' | 'one' | 'none'
  /** Whether an answer may be bound to a JSON schema. */
  readonly jsonSchema: boolean
  /** Whether the conversation may end with the beginning of the answer. */
  readonly prefill: boolean
  /** Whether instructions may stand between the turns. */
  readonly midSystem: boolean
  /**
   * Whether the model is Anthropic's own. Then a thought goes back only with the signature that Anthropic gave it; other
   * servers of this format want thoughts back as they are, and know none of the fields that Anthropic added of late.
   */
  readonly claude: boolean
}

export type ThinkingMode = 'adaptive' | 'enabled' | 'between_tools' | 'disabled'
export type WireEffort = 'low' | 'medium' | 'high' | 'xhigh' | 'max'

const ALL: readonly WireEffort[] = ['low', 'medium', 'high', 'xhigh', 'max']
const WITHOUT_XHIGH: readonly WireEffort[] = ['low', 'medium', 'high', 'max']

/** What holds of the newest models, and so of those that are not known yet. */
const newest: Family = {
  maxTokens: 128_000,
  thinking: ['adaptive'],
  thinksByItself: true,
  efforts: ALL,
  forcedTools: 'never',
  sampling: 'none',
  jsonSchema: true,
  prefill: false,
  midSystem: true,
  claude: true,
}
const opus47: Family = {
  ...newest,
  thinking: ['adaptive', 'disabled'],
  thinksByItself: false,
  forcedTools: 'always',
  midSystem: false,
}
const claude46: Family = {
  ...opus47,
  thinking: ['adaptive', 'enabled', 'disabled'],
  efforts: WITHOUT_XHIGH,
  forcedTools: 'unless-thinking',
  sampling: 'one',
}
const claude45: Family = {
  ...claude46,
  maxTokens: 64_000,
  thinking: ['enabled', 'disabled'],
  efforts: [],
  prefill: true,
}
const claude4: Family = { ...claude45, jsonSchema: false }
const claude3: Family = { ...claude4, maxTokens: 4096, thinking: [], sampling: 'any', forcedTools: 'always' }

/** The models that we know, by a part of their ids, with `-` for `.`; what follows may not be another digit. */
const families: Readonly<Record<string, Family>> = {
  claude: newest,
  'claude-opus-5-5': newest,
  'claude-sonnet-5-5': { ...newest, thinking: ['adaptive', 'between_tools'] },
  'claude-haiku-5-5': { ...newest, thinking: ['adaptive', 'disabled'], forcedTools: 'always' },
  'claude-fable-5-1': newest,
  'claude-fable-5-2': newest,
  'claude-fable-5': { ...newest, forcedTools: 'always' },
  'claude-opus-5': { ...newest, thinking: ['adaptive', 'enabled', 'disabled'], forcedTools: 'always' },
  'claude-sonnet-5': { ...opus47, thinksByItself: true, midSystem: true },
  'claude-opus-4-8': { ...opus47, midSystem: true },
  'claude-opus-4-7': opus47,
  'claude-opus-4-6': claude46,
  'claude-sonnet-4-6': claude46,
  'claude-opus-4-5': claude45,
  'claude-sonnet-4-5': claude45,
  'claude-haiku-4-5': claude45,
  'claude-opus-4': { ...claude4, maxTokens: 32_000 },
  'claude-sonnet-4': claude4,
  'claude-3-7': { ...claude3, maxTokens: 64_000, thinking: ['enabled', 'disabled'], forcedTools: 'unless-thinking' },
  'claude-3-5': { ...claude3, maxTokens: 8192 },
  'claude-3': claude3,
  'claude-2': claude3,
  'claude-instant': claude3,
}

/** Other vendors' models behind this format: what the client asks goes on as it is. */
const foreign: Family = {
  maxTokens: 4096,
  thinking: ['enabled', 'adaptive', 'disabled'],
  thinksByItself: true,
  efforts: ALL,
  forcedTools: 'always',
  sampling: 'any',
  jsonSchema: false,
  prefill: true,
  midSystem: false,
  claude: false,
}

/** The family of a model, by the longest part of its id that we know. */
export function familyOf(model: string): Family {
  const id = model.toLowerCase().replaceAll('.', '-')
  return byLength.find(({ pattern }) => pattern.test(id))?.family ?? foreign
}

const byLength = Object.entries(families)
  .toSorted(([one], [other]) => other.length - one.length)
  .map(([part, family]) => ({ pattern: new RegExp(`${part}(?!\\d)`), family }))

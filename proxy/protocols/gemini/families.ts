/**
 * In what Google's models differ, as far as a request is refused for it. Facts: Google's model and thinking pages of
 * November 2026, and what the API was seen to refuse.
 */
export interface Family {
  readonly thinking: Thinking
  /**
   * Whether it is of the third generation or newer: these want their calls back with the signatures that they gave them, and
   * take what older ones refuse: images inside of a tool's result, tools of Google's own beside the client's, and JSON as the
   * answer's form where there are tools.
   */
  readonly third: boolean
}

/** How the family is told how much to think: a number of tokens, a word, or not at all. */
export type Thinking =
  | { readonly by: 'budget'; readonly least: number; readonly most: number; readonly canBeOff: boolean }
  | { readonly by: 'level'; readonly levels: readonly ThinkingLevel[] }
  | { readonly by: 'nothing' }

/** From little to much. */
export type ThinkingLevel = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'

/** What holds of the newest models, and so of those that are not known yet. */
const newest: Family = { thinking: { by: 'level', levels: ['LOW', 'MEDIUM', 'HIGH'] }, third: true }
const flash3: Family = { thinking: { by: 'level', levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] }, third: true }
const older: Family = { thinking: { by: 'nothing' }, third: false }

function gemini25(least: number, most: number, canBeOff: boolean): Family {
  return { thinking: { by: 'budget', least, most, canBeOff }, third: false }
}

/** The models that we know, by a part of their ids, with `-` for `.`; what follows may not be another digit. */
const families: Readonly<Record<string, Family>> = {
  gemma: older,
  'gemini-1': older,
  'gemini-2-0': older,
  'gemini-2-5-pro': gemini25(128, 32_768, false),
  'gemini-2-5-flash': gemini25(1, 24_576, true),
  'gemini-2-5-flash-lite': gemini25(512, 24_576, true),
  'gemini-2-5-flash-image': older,
  'gemini-2-5-computer-use': gemini25(128, 32_768, true),
  'gemini-3-pro': { thinking: { by: 'level', levels: ['LOW', 'HIGH'] }, third: true },
  'gemini-3-pro-image': { thinking: { by: 'nothing' }, third: true },
  'gemini-3-flash': flash3,
  'gemini-3-1-flash': flash3,
  'gemini-3-5-flash': flash3,
}

/** The family of a model, by the longest part of its id that we know. */
export function familyOf(model: string): Family {
  const id = model.toLowerCase().replaceAll('.', '-')
  return byLength.find(({ pattern }) => pattern.test(id))?.family ?? newest
}

const byLength = Object.entries(families)
  .toSorted(([one], [other]) => other.length - one.length)
  .map(([part, family]) => ({ pattern: new RegExp(`${part}(?!\\d)`), family }))

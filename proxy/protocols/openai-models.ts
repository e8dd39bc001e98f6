import type { Effort, Reasoning } from '../core/request.ts'
import { effortOf } from '../core/reasoning.ts'
import { remembered } from '../core/remembered.ts'

/** What OpenAI's models differ in, by their names. */
export interface OpenaiModel {
  /** How hard the model can be told to think; none if it does not think. */
  readonly efforts: readonly Effort[]
  /** The effort where none is asked for, if that is not to think. OpenAI's reference and guides: `none` from gpt-5.1 to 5.4, `medium` since. */
  readonly defaultEffort?: 'none' | undefined
  /**
   * Whether sampling may be tuned: always, never, or only while the model does not think, and then by temperature, top_p and
   * log probabilities alone.
   */
  readonly sampling: 'always' | 'never' | 'unthinking'
  /** Whether stop sequences are taken. */
  readonly stop: boolean
}

const ALL: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const GRADES: readonly Effort[] = ['low', 'medium', 'high']
const TO_XHIGH: readonly Effort[] = ['none', ...GRADES, 'xhigh']

/** The first that matches counts. Names as in OpenAI's catalogue of November 2026. */
const models: readonly (readonly [name: RegExp, model: OpenaiModel])[] = [
  [/^(gpt-(3|4)|chatgpt-|gpt-5(\.\d+)?-chat)/, { efforts: [], sampling: 'always', stop: true }],
  [/^(o1|o3-mini)(-|$)/, { efforts: GRADES, sampling: 'never', stop: true }],
  [/^o[34](-|$)/, { efforts: GRADES, sampling: 'never', stop: false }],
  [/^gpt-5(-|$)/, { efforts: ['minimal', ...GRADES], sampling: 'never', stop: false }],
  // Those for code and the largest of each family always think.
  [/^gpt-5\.1-codex(?!-max)/, { efforts: GRADES, sampling: 'never', stop: false }],
  [/^gpt-5\.\d+-(codex|pro)/, { efforts: [...GRADES, 'xhigh'], sampling: 'never', stop: false }],
  [/^gpt-5\.1(-|$)/, { efforts: ['none', ...GRADES], defaultEffort: 'none', sampling: 'unthinking', stop: false }],
  [/^gpt-5\.[2-4](-|$)/, { efforts: TO_XHIGH, defaultEffort: 'none', sampling: 'unthinking', stop: false }],
  [/^gpt-5\.5(-|$)/, { efforts: TO_XHIGH, sampling: 'unthinking', stop: false }],
  // Newer ones are taken to be as the newest that is known.
  [/^gpt-([5-9]|\d\d)/, { efforts: [...TO_XHIGH, 'max'], sampling: 'unthinking', stop: false }],
]

/** A model of another vendor is taken to be able to do anything. */
export const OTHER_MODEL: OpenaiModel = { efforts: ALL, sampling: 'always', stop: true }

/** The facts of a model by its name, which may have a vendor in front of it (`openai/gpt-5`). */
export const openaiModel = remembered((name): OpenaiModel => {
  const bare = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
  return models.find(([pattern]) => pattern.test(bare))?.[1] ?? OTHER_MODEL
}, 1000)

/** The effort that was asked for, or the nearest that the model has; nothing if it has none or none was asked for. */
export function effortFor({ efforts }: OpenaiModel, reasoning: Reasoning | undefined): Effort | undefined {
  const asked = reasoning && effortOf(reasoning)
  if (asked === undefined || efforts.length === 0 || efforts.includes(asked))
    return efforts.length === 0 ? undefined : asked
  const grade = ALL.indexOf(asked)
  const byDistance = efforts.toSorted((a, b) => Math.abs(ALL.indexOf(a) - grade) - Math.abs(ALL.indexOf(b) - grade))
  return byDistance[0]
}

/** Whether a request that asks for so much thinking may tune the model's sampling. */
export function takesSampling(model: OpenaiModel, reasoning: Reasoning | undefined): boolean {
  const { sampling, defaultEffort } = model
  return (
    sampling === 'always' || (sampling === 'unthinking' && (effortFor(model, reasoning) ?? defaultEffort) === 'none')
  )
}

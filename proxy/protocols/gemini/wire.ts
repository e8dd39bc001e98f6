import { z } from 'zod'
import { extrasOf, type Fields } from '../fields.ts'

/**
 * The wire's own shapes: what a client's body must be (a schema), and what a backend's answer may be (types that promise
 * nothing). Facts: Google's description of the v1beta API and its SDK, and what was recorded.
 */

export const ID = 'gemini'

// ── Extras ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const { ours, extras } = extrasOf(ID)

// ── A client's body ──────────────────────────────────────────────────────────────────────────────────────────────────

const jsonObject = z.record(z.string(), z.unknown())
const text = z.string().nullish()
const flag = z.boolean().nullish()

/** Numbers may come as text, as 64-bit ones do. */
const number = z.preprocess(
  value => (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value),
  z.number().nullish(),
)
const integer = z.preprocess(
  value => (typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value),
  z.int().nullish(),
)

/** The words of an enumeration, in any case. */
function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.preprocess(value => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(words).nullish())
}

const blob = z.looseObject({ mimeType: z.string(), data: z.string() })
const fileData = z.looseObject({ mimeType: text, fileUri: z.string() })

/** One of the data fields is there, or one that we do not know; the others tell more about it. */
const part = z.looseObject({
  text,
  inlineData: blob.nullish(),
  fileData: fileData.nullish(),
  functionCall: z.looseObject({ id: text, name: z.string().min(1), args: jsonObject.nullish() }).nullish(),
  functionResponse: z
    .looseObject({
      id: text,
      // Some clients leave it away; the call has it.
      name: text,
      response: jsonObject.nullish(),
      parts: z.array(z.looseObject({ inlineData: blob.nullish(), fileData: fileData.nullish() })).nullish(),
    })
    .nullish(),
  thought: flag,
  thoughtSignature: text,
})

const content = z.looseObject({
  // `function` and `tool` are older names of the user's role where it holds results.
  role: z.enum(['user', 'model', 'function', 'tool', '']).nullish(),
  parts: z.array(part).nullish(),
})

const declaration = z.looseObject({
  name: z.string().min(1),
  description: text,
  parameters: jsonObject.nullish(),
  parametersJsonSchema: jsonObject.nullish(),
})

const tool = z.looseObject({ functionDeclarations: z.array(declaration).nullish() })

const generationConfig = z.looseObject({
  temperature: number,
  topP: number,
  topK: number,
  candidateCount: integer,
  maxOutputTokens: integer,
  stopSequences: z.array(z.string()).nullish(),
  seed: integer,
  presencePenalty: number,
  frequencyPenalty: number,
  responseLogprobs: flag,
  logprobs: integer,
  responseMimeType: text,
  responseSchema: jsonObject.nullish(),
  responseJsonSchema: jsonObject.nullish(),
  responseFormat: z
    .looseObject({ text: z.looseObject({ mimeType: text, schema: jsonObject.nullish() }).nullish() })
    .nullish(),
  thinkingConfig: z
    .looseObject({
      includeThoughts: flag,
      thinkingBudget: integer,
      thinkingLevel: oneOf(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'THINKING_LEVEL_UNSPECIFIED']),
    })
    .nullish(),
})

/** What a client may send. Fields that stand here have a word in the canonical model; all others ride along as extras. */
export const requestBody = z.looseObject({
  /** It stands in the address; some clients repeat it. */
  model: text,
  contents: z.array(content).min(1),
  systemInstruction: z.union([z.string(), content]).nullish(),
  tools: z.array(tool).nullish(),
  toolConfig: z
    .looseObject({
      functionCallingConfig: z
        .looseObject({
          mode: oneOf(['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED']),
          allowedFunctionNames: z.array(z.string()).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  generationConfig: generationConfig.nullish(),
  cachedContent: text,
  serviceTier: text,
})

export type WireRequest = z.output<typeof requestBody>
export type WireContent = z.output<typeof content>
export type WirePart = z.output<typeof part>
export type WireDeclaration = z.output<typeof declaration>
export type WireGenerationConfig = z.output<typeof generationConfig>
export type WireFunctionResponse = NonNullable<WirePart['functionResponse']>

// ── A backend's answer ───────────────────────────────────────────────────────────────────────────────────────────────

/** A piece of an answer, or all of it: nothing is sure but that it is an object, since servers deviate in every field. */
export interface WireChunk extends Fields {
  readonly candidates?: unknown
  readonly promptFeedback?: unknown
  readonly usageMetadata?: unknown
  readonly modelVersion?: unknown
  readonly responseId?: unknown
  readonly error?: unknown
}

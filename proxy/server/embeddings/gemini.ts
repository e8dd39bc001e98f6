import { z } from 'zod'
import { ProxyError } from '../../core/errors.ts'
import { record, type Fields } from '../../protocols/fields.ts'
import { parseBody } from '../../protocols/parse-body.ts'
import type { Form } from './form.ts'

/** Gemini's form (`:batchEmbedContents`); one text alone (`:embedContent`) is a batch of one. */
export const geminiEmbeddings: Form = {
  decodeAsk(body, model) {
    const { requests } = parseBody(batch, 'requests' in body ? body : { requests: [body] })
    const dimensions = requests.map(({ outputDimensionality }) => outputDimensionality).find(value => value != null)
    return {
      model,
      inputs: requests.map(({ content }) => content.parts.map(({ text }) => text ?? '').join('\n')),
      ...(dimensions !== undefined && { dimensions }),
      sent: { requests },
    }
  },
  encodeAsk: ({ model, inputs, dimensions, sent }) => ({
    requests: Array.isArray(sent['requests'])
      ? sent['requests'].map(request => ({ ...record(request), model: `models/${model}` }))
      : inputs.map((input, index) => ({
          model: `models/${model}`,
          content: { parts: [{ text: textOf(input, index) }] },
          ...(dimensions !== undefined && { outputDimensionality: dimensions }),
        })),
  }),
  decodeAnswer: ({ embeddings, usageMetadata }) => ({
    vectors: (Array.isArray(embeddings) ? embeddings : []).map(embedding => valuesIn(record(embedding))),
    tokens: Number(record(usageMetadata)['promptTokenCount'] ?? 0),
  }),
  encodeAnswer: ({ vectors }) => ({ embeddings: vectors.map(values => ({ values })) }),
}

/** The answer to one text alone. */
export function firstEmbedding({ embeddings }: Fields): Fields {
  return { embedding: Array.isArray(embeddings) ? (embeddings[0] as unknown) : undefined }
}

const batch = z.looseObject({
  requests: z
    .array(
      z.looseObject({
        content: z.looseObject({ parts: z.array(z.looseObject({ text: z.string().nullish() })).min(1) }),
        outputDimensionality: z.int().positive().nullish(),
      }),
    )
    .min(1),
})

/** Tokens mean something only to the vendor whose they are. */
function textOf(input: string | readonly number[], index: number): string {
  if (typeof input === 'string') return input
  throw new ProxyError('invalid-request', 'This backend takes texts, not tokens.', { param: `input[${index}]` })
}

function valuesIn({ values }: Fields): readonly number[] {
  return Array.isArray(values) ? (values as readonly number[]) : []
}

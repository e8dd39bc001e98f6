import { z } from 'zod'
import { record, type Fields } from '../../protocols/fields.ts'
import { parseBody } from '../../protocols/parse-body.ts'
import type { Form } from './form.ts'

/** OpenAI's form (`POST /v1/embeddings`), which compatible servers share. Its SDKs ask for vectors in base64. */
export const openaiEmbeddings: Form = {
  decodeAsk(body, model) {
    const { input, dimensions } = parseBody(request, body)
    return { model, inputs: listOf(input), ...(dimensions != null && { dimensions }), sent: body }
  },
  encodeAsk: ({ model, inputs, dimensions, sent }) =>
    'input' in sent ? { ...sent, model } : { model, input: inputs, ...(dimensions !== undefined && { dimensions }) },
  decodeAnswer: ({ data, usage }) => ({
    vectors: (Array.isArray(data) ? data : []).map(item => vectorIn(record(item))),
    tokens: Number(record(usage)['total_tokens'] ?? 0),
  }),
  encodeAnswer: ({ vectors, tokens }, { model, sent }) => ({
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: sent['encoding_format'] === 'base64' ? base64Of(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }),
}

const tokens = z.array(z.int()).min(1)

const request = z.looseObject({
  input: z.union([z.string(), z.array(z.string()).min(1), tokens, z.array(tokens).min(1)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().positive().nullish(),
})

function listOf(input: z.output<typeof request>['input']): (string | number[])[] {
  if (typeof input === 'string') return [input]
  return isTokens(input) ? [input] : input
}

function isTokens(input: readonly unknown[]): input is number[] {
  return typeof input[0] === 'number'
}

function vectorIn({ embedding }: Fields): readonly number[] {
  if (Array.isArray(embedding)) return embedding as readonly number[]
  const bytes = Buffer.from(String(embedding), 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

/** Little-endian 32-bit floats. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4))
  return bytes.toString('base64')
}

import type { Fields } from '../../protocols/fields.ts'

/** Texts of which vectors are asked for. */
export interface Embedding {
  readonly model: string
  /** Texts, or tokens of the vendor's own. */
  readonly inputs: readonly (string | readonly number[])[]
  readonly dimensions?: number | undefined
  /** The body as its client wrote it, for backends of the same form. */
  readonly sent: Fields
}

/** The vectors of the texts, in their order, and what they cost. */
export interface Embedded {
  readonly vectors: readonly (readonly number[])[]
  readonly tokens: number
}

/** How a family of protocols asks for embeddings and gives them: the four directions, as a protocol has them for turns. */
export interface Form {
  /** Throws `invalid-request` that names the field. */
  readonly decodeAsk: (body: Fields, model: string) => Embedding
  readonly encodeAsk: (asked: Embedding) => Fields
  readonly decodeAnswer: (answer: Fields) => Embedded
  readonly encodeAnswer: (embedded: Embedded, asked: Embedding) => Fields
}

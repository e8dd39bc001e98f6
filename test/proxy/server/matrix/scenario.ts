/** What is said between a client and a backend, in no vendor's form: every pair of them is tested by the same words. */

/** A tool that is called; ids are the client's own, since not every format has them. */
export interface Call {
  readonly id: string
  readonly name: string
  readonly input: unknown
}

/** What the backend is to answer. */
export interface Said {
  readonly thought?: string
  readonly text?: readonly string[]
  readonly calls?: readonly Omit<Call, 'id'>[]
}

/** How a backend refuses, in its own words. */
export const REFUSALS = [
  'unauthenticated',
  'not-found',
  'rate-limited',
  'failed',
  'overloaded',
  'context-too-long',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** What holds for a whole conversation. */
export interface Settings {
  readonly system?: string
  readonly hasTools?: boolean
  readonly schema?: Readonly<Record<string, unknown>>
  readonly thinks?: boolean
}

/** What the client says next: a text, perhaps with an image, or what came of the calls of the last answer, in their order. */
export type Given = { readonly text: string; readonly image?: string } | { readonly results: readonly string[] }

/** What the client got. */
export interface Got {
  readonly text: string
  readonly thought: string
  readonly calls: readonly Call[]
}

export interface How {
  readonly stream: boolean
  readonly signal?: AbortSignal
  /** Told every piece of text as it comes. */
  readonly onText?: (text: string) => void
}

/** A conversation that the client keeps in its own form. Rejects with the SDK's own error. */
export interface Conversation {
  readonly say: (given: Given, how: How) => Promise<Got>
}

/** What can be told from an error that an SDK threw. */
export interface Failure {
  readonly status: number | undefined
  /** Seconds to wait, as far as the client is told. */
  readonly retryAfter: string | undefined
  /** The name of its class. */
  readonly type: string
  readonly text: string
}

/** An SDK that speaks to one of our front-ends. */
export interface Client {
  readonly name: string
  /** The protocol it speaks. */
  readonly protocol: string
  /** Whether it sends back what vendors want back of their thoughts. */
  readonly keepsTokens: boolean
  readonly open: (url: string, model: string, settings: Settings) => Conversation
  readonly failureOf: (error: unknown) => Failure
  /** The classes of its errors. */
  readonly types: Readonly<Record<Refusal, string>>
}

/** The one tool of the conversations. */
export const TOOL = {
  name: 'look',
  description: 'Looks at a place.',
  schema: { type: 'object' as const, properties: { at: { type: 'string' as const } }, required: ['at'] },
}

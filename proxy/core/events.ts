import type { Citation, Extras, Signature, Source } from './request.ts'

/**
 * A step of an answer. Grammar: `start`, then any of (`part-start` `part-delta`* `part-end`), then one `finish`.
 * Parts are addressed by index, dense from 0 in the order they open, and may be open together (Chat Completions streams
 * parallel tool calls that way). Every opened part is closed before `finish`. A stream that ends without `finish` is a
 * failure, never a success. Failures are thrown as ProxyError.
 */
export type StreamEvent =
  | {
      readonly type: 'start'
      readonly id: string
      readonly model: string
      readonly usage?: Usage | undefined
      readonly extras?: Extras | undefined
    }
  | {
      readonly type: 'part-start'
      readonly index: number
      readonly part: OpenPart
      /** What is known already; what comes to be known later is told with the part's end. */
      readonly extras?: Extras | undefined
    }
  | { readonly type: 'part-delta'; readonly index: number; readonly delta: Delta }
  | { readonly type: 'part-end'; readonly index: number; readonly extras?: Extras | undefined }
  /** Proof of life while the model thinks; encoders may drop it. */
  | { readonly type: 'ping' }
  | {
      readonly type: 'finish'
      readonly reason: StopReason
      /** The stop sequence that was met, for `stop-sequence`. */
      readonly stopSequence?: string | undefined
      /** The vendor's own words for the reason, for the same protocol and for the log. */
      readonly rawReason?: string | undefined
      readonly usage?: Usage | undefined
      readonly extras?: Extras | undefined
    }

/** What is known of a part when it opens; the rest comes as deltas. */
export type OpenPart =
  | { readonly type: 'text' }
  | {
      readonly type: 'reasoning'
      readonly summary?: boolean | undefined
      readonly redacted?: string | undefined
      readonly itemId?: string | undefined
    }
  | {
      readonly type: 'tool-call'
      readonly id: string
      readonly name: string
      readonly kind: 'function' | 'custom'
      readonly namespace?: string | undefined
    }
  | { readonly type: 'refusal' }
  /** An image that the model made, whole. */
  | { readonly type: 'image'; readonly source: Source }
  /** A part only one protocol knows, whole. */
  | { readonly type: 'opaque'; readonly protocol: string; readonly raw: unknown }

/** What is added to an open part. `text` is text, thought, refusal or raw JSON of arguments, by the part's type. */
export type Delta =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'signature'; readonly signature: Signature }
  | { readonly type: 'encrypted'; readonly encrypted: Signature }
  | { readonly type: 'citation'; readonly citation: Citation }
  | { readonly type: 'logprobs'; readonly logprobs: readonly unknown[] }

/**
 * The steps of an answer as they come, in batches: one batch holds what one chunk of the network held, so that a stage
 * costs one turn of the generator a chunk and an encoder makes one write of it. Batches are never empty.
 */
export type Events = AsyncIterable<readonly StreamEvent[]>

/** From an answer to a changed answer. */
export type Stage = (events: Events) => Events

export type StopReason =
  | 'end'
  | 'stop-sequence'
  | 'length'
  | 'context-window'
  | 'tool-calls'
  | 'content-filter'
  | 'refusal'
  | 'pause'
  | 'malformed-tool-call'
  | 'recitation'
  | 'cancelled'
  | 'other'

/**
 * Tokens. `input` and `output` are inclusive totals; the others are disjoint shares of them: `cacheRead` and `cacheWrite`
 * of `input`, `reasoning` of `output`. Formats that count otherwise are converted where they are decoded.
 */
export interface Usage {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number | undefined
  readonly cacheWrite?: number | undefined
  /** The share of `cacheWrite` that is kept for an hour rather than five minutes. */
  readonly cacheWrite1h?: number | undefined
  readonly reasoning?: number | undefined
  readonly extras?: Extras | undefined
}

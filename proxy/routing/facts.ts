import { estimateInput } from '../core/estimate.ts'
import type { Part, Request } from '../core/request.ts'

/** What rules and `[max_context]` ask of a request. It costs reading the whole of it, so that it is asked for only when it counts. */
export interface RequestFacts {
  readonly images: boolean
  readonly tools: boolean
  /** Of the input, estimated. */
  readonly tokens: number
}

/** What a request holds. */
export function factsOf(request: Request): RequestFacts {
  return {
    images: request.messages.some(({ parts }) => parts.some(holdsImage)),
    tools: request.tools.length > 0,
    tokens: estimateInput(request),
  }
}

function holdsImage(part: Part): boolean {
  return part.type === 'image' || (part.type === 'tool-result' && part.parts.some(holdsImage))
}

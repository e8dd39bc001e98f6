import type { ServerTool } from '../core/request.ts'
import { list, present, record, type Fields } from './fields.ts'

/** The web search that a vendor runs: the one of its tools that others have, too. */
interface WebSearch {
  readonly allowedDomains?: readonly unknown[] | undefined
  /** Where the user is, about: `type` and any of city, region, country and timezone, as Anthropic and Responses have it. */
  readonly location?: Fields | undefined
  readonly contextSize?: unknown
}

export function isWebSearch({ name }: ServerTool): boolean {
  return /^(web_search|google_?search)/i.test(name)
}

/** What can be told to other vendors of a search, by its declaration in the words of Anthropic, Responses or Chat Completions. */
export function webSearchOf({ raw }: ServerTool): WebSearch {
  const { allowed_domains, filters, search_context_size, user_location } = raw
  const domains = list(allowed_domains ?? record(filters)['allowed_domains'])
  const { approximate, ...place } = record(user_location)
  return {
    allowedDomains: domains.length === 0 ? undefined : domains,
    location: user_location == null ? undefined : present({ ...place, ...record(approximate) }),
    contextSize: search_context_size,
  }
}

import type { Citation } from '../../core/request.ts'
import { list, record, records, type Fields } from '../fields.ts'

/** What Google tells beside an answer's parts: where it is from, and how likely its tokens were. */

// ── Citations ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The places of the web that an answer rests on, by what was searched for it and by what it repeats. */
export function decodeCitations({ groundingMetadata, citationMetadata }: Fields): Citation[] {
  if (groundingMetadata === undefined && citationMetadata === undefined) return []
  const { groundingChunks, groundingSupports } = record(groundingMetadata)
  const chunks = records(groundingChunks).map(chunk =>
    record(chunk['web'] ?? chunk['retrievedContext'] ?? chunk['maps']),
  )
  const supported = records(groundingSupports).flatMap(({ segment, groundingChunkIndices }) =>
    list(groundingChunkIndices).flatMap(index =>
      citationOf(typeof index === 'number' ? chunks[index] : undefined, record(segment)['text']),
    ),
  )
  const { citationSources, citations } = record(citationMetadata)
  const repeated = records(citationSources ?? citations).flatMap(source => citationOf(source, undefined))
  return [...supported, ...repeated]
}

function citationOf(place: Fields | undefined, quote: unknown): Citation[] {
  const { uri, title } = place ?? {}
  if (typeof uri !== 'string') return []
  return [{ url: uri, ...(typeof title === 'string' && { title }), ...(typeof quote === 'string' && { quote }) }]
}

/** The way back, for places that have an address. Google counts where in a text they belong in bytes of it: the words say it, too. */
export function encodeCitations(citations: readonly Citation[]): Fields {
  const places = citations.filter(({ url = '' }) => url !== '')
  if (places.length === 0) return {}
  const groundingChunks = places.map(({ url, title = '' }) => ({ web: { uri: url, title } }))
  const groundingSupports = places.flatMap(({ quote }, at) =>
    quote === undefined ? [] : [{ segment: { text: quote }, groundingChunkIndices: [at] }],
  )
  return { groundingMetadata: { groundingChunks, groundingSupports } }
}

// ── Log probabilities ────────────────────────────────────────────────────────────────────────────────────────────────

/** Google's two lists, of tokens and of what else could have stood there, as one list in the form of Chat Completions. */
export function decodeLogprobs(result: unknown): unknown[] {
  const { chosenCandidates, topCandidates } = record(result)
  const others = records(topCandidates)
  return records(chosenCandidates).map((chosen, at) => ({
    ...tokenOf(chosen),
    top_logprobs: records(others[at]?.['candidates']).map(tokenOf),
  }))
}

function tokenOf({ token, logProbability }: Fields) {
  const text = typeof token === 'string' ? token : ''
  return {
    token: text,
    logprob: typeof logProbability === 'number' ? logProbability : 0,
    bytes: [...Buffer.from(text)],
  }
}

/** The way back. */
export function encodeLogprobs(tokens: readonly unknown[]): Fields {
  if (tokens.length === 0) return {}
  const candidate = ({ token, logprob }: Fields) => ({ token, logProbability: logprob })
  return {
    logprobsResult: {
      chosenCandidates: tokens.map(token => candidate(record(token))),
      topCandidates: tokens.map(token => ({ candidates: records(record(token)['top_logprobs']).map(candidate) })),
    },
  }
}

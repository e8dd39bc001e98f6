import type { Input, Output } from '../../../proxy/app/contract.ts'
import { text } from '../../text/text.ts'

/** A key that was typed or pasted and is not stored yet. */
export interface NewKey {
  readonly value: string
  /** The backend it is for: the one that was chosen, else told by how the key begins. */
  readonly backend?: string | undefined
  readonly isGuessed: boolean
  /** Why it was not taken. */
  readonly refusal?: string | undefined
}

/** Where a new key would go, and what that does to those there are. */
export type Place = Output<'keys.plan'>[number]

/** The keys of a pasted text, one a line: bare, or as a file of variables has them (`OPENAI_API_KEY="sk-…"`). */
export function keysIn(pasted: string): readonly string[] {
  const values = pasted.split(/\r?\n/).map(line => {
    const trimmed = line.trim()
    return /^(?:export\s+)?[A-Za-z_]\w*=(["']?)(.+)\1;?$/.exec(trimmed)?.[2] ?? trimmed
  })
  return [...new Set(values)].filter(value => value !== '' && !value.startsWith('#'))
}

/** How each key is to be stored: beside those there are, or the first of each backend in their place. */
export function asked(keys: readonly NewKey[], beside: boolean): Input<'keys.plan'>['keys'] {
  return keys.flatMap(({ backend }, at) => {
    if (backend === undefined) return []
    const isFirst = keys.findIndex(other => other.backend === backend) === at
    return [{ backend, beside: beside || !isFirst }]
  })
}

/** What storing a key will do, in words. */
export function effectOf(place: Place, backend: string): string {
  const words = text.keys.form.effect
  if (!place.ok) return place.reason
  if (place.replaces === place.name) return words.replaces(place.name)
  if (place.replaces !== undefined) return words.overrules(place.name, place.replaces)
  return place.name === backend ? words.stored(place.name) : words.joins(place.name)
}

/** The last characters of a key, if it is so long that they give nothing away. */
export function endOf(value: string): string {
  return value.length >= 12 ? `…${value.slice(-4)}` : '…'
}

import { isRecord, type Fields } from '../fields.ts'

/** Marks that a request may hold; one for the whole request (`cache_control` at its top) counts as one of them. */
const MOST = 4

/**
 * A request with no more marks of the prompt cache than are taken: the last ones stay, since they cover the most. A mark for an
 * hour may not come after one for five minutes: there it becomes one for five minutes.
 */
export function limitMarks(body: Fields): Fields {
  let surplus = count(body) - MOST
  const order: Fields[] = []
  const marked = (block: Fields) => block['cache_control'] != null

  function limited(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(limited)
    if (!isRecord(value)) return value
    const inner = isHolder(value) ? { ...value, content: limited(value['content']) } : value
    if (!marked(value)) return inner
    if (surplus-- > 0) {
      const { cache_control: _, ...rest } = inner
      return rest
    }
    const mark = value['cache_control'] as Fields
    const isShort = order.some(({ ttl }) => ttl !== '1h')
    order.push(mark)
    return isShort && mark['ttl'] === '1h' ? { ...inner, cache_control: { ...mark, ttl: '5m' } } : inner
  }

  if (count(body) === 0) return body
  return {
    ...body,
    ...Object.fromEntries(PLACES.filter(place => place in body).map(place => [place, limited(body[place])])),
  }
}

/** Where marks stand, in the order in which the prompt is built. */
const PLACES = ['tools', 'system', 'messages'] as const

function count(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + count(item), 0)
  if (!isRecord(value)) return 0
  const places = isHolder(value) ? ['content'] : PLACES
  const own = value['cache_control'] == null ? 0 : 1
  return own + places.reduce((sum, place) => sum + count(value[place]), 0)
}

/** Messages and tool results hold blocks. */
function isHolder(value: Fields): boolean {
  return Array.isArray(value['content'])
}

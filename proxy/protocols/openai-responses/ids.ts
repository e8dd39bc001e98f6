import { createHash, randomUUID } from 'node:crypto'

/** What ids of items begin with. */
const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  function_call_output: 'fco',
  custom_tool_call_output: 'ctco',
  image_generation_call: 'ig',
}

/**
 * The id of an item that came without one: the same whenever it is asked for, and another in every answer. Whoever reads
 * such an id can tell that it says nothing but the item's place.
 */
export function itemId(type: string, response: string, place: number): string {
  const digits = createHash('sha256').update(`${response}/${place}`).digest('hex').slice(0, 40)
  return `${prefixes[type] ?? 'item'}_${digits}`
}

/** Clients keep answers apart by their ids. */
export function responseId(id: string): string {
  return id === '' ? `resp_${randomUUID().replaceAll('-', '')}` : id
}

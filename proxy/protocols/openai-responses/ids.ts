import { createHash, randomUUID } from 'node:crypto'

/** What ids of items begin with. */
const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  image_generation_call: 'ig',
}

/** Stands in every id that we make up: no server knows such an item, so that its id is never sent to one. */
export const MADE_UP = '_lip_'

/** The id of an item that came without one: the same whenever it is asked for, and another in every answer. */
export function itemId(type: string, response: string, place: number): string {
  const digits = createHash('sha256').update(`${response}/${place}`).digest('hex').slice(0, 32)
  return `${prefixes[type] ?? 'item'}${MADE_UP}${digits}`
}

/** An item's id; nothing if there is none, or if it is one of ours and says nothing. */
export function ownId(id: unknown): string | undefined {
  return typeof id === 'string' && id !== '' && !id.includes(MADE_UP) ? id : undefined
}

/** Clients keep answers apart by their ids. */
export function responseId(id: string): string {
  return id === '' ? `resp_${randomUUID().replaceAll('-', '')}` : id
}

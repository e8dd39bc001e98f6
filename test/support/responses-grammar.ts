type Fields = Readonly<Record<string, unknown>>

/** An item of the output as far as the events have told it. */
interface Told {
  readonly id: unknown
  readonly item: Fields
  /** The pieces that have begun, by what they are and their place; with what was said, and whether they have ended. */
  readonly pieces: Map<string, { said: string; done: boolean }>
  /** The text that a call's last event gave. */
  args: string | undefined
  deltas: string
  done: Fields | undefined
}

/**
 * What is wrong with a stream of Responses by OpenAI's grammar; nothing if it is right. Numbers count through from zero;
 * items and their pieces open in order, each with an id that stays, and close after what was said in them; one last event
 * repeats the whole output.
 */
export function faultsOf(frames: readonly { readonly event?: string | undefined; readonly data: string }[]): string[] {
  const faults: string[] = []
  const items: Told[] = []
  let last: string | undefined

  const check = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault)
  }

  for (const [at, { event, data }] of frames.entries()) {
    const fields = JSON.parse(data) as Fields
    const type = String(fields['type'])
    check(event === type, `${type} is named ${String(event)}`)
    check(fields['sequence_number'] === at, `${type} is numbered ${String(fields['sequence_number'])}, not ${at}`)
    check(last === undefined || type === 'response.failed', `${type} comes after the end`)
    if (at === 0) check(type === 'response.created', `the stream begins with ${type}`)
    if (at === 1) check(type === 'response.in_progress', `${type} is second`)
    readEvent(type, fields)
  }
  check(last !== undefined, 'the stream has no end')
  return faults

  function readEvent(type: string, fields: Fields) {
    const place = Number(fields['output_index'])
    const told = items[place]
    if (type === 'response.output_item.added') {
      const item = fields['item'] as Fields
      check(place === items.length, `item ${place} opens, where ${items.length} would be next`)
      check(typeof item['id'] === 'string' && item['id'] !== '', `item ${place} has no id`)
      items.push({ id: item['id'], item, pieces: new Map(), args: undefined, deltas: '', done: undefined })
      return
    }
    if (/^response\.(completed|incomplete|failed)$/.test(type) || type === 'error') {
      last = type
      if (type !== 'error') readEnd(type, fields['response'] as Fields)
      return
    }
    if (fields['output_index'] === undefined) return
    if (told === undefined) {
      faults.push(`${type} is of item ${place}, which is not open`)
      return
    }
    check(told.done === undefined, `${type} comes after the end of item ${place}`)
    if (type === 'response.output_item.done') {
      const item = fields['item'] as Fields
      told.done = item
      check(item['id'] === told.id, `item ${place} changes its id`)
      check(item['type'] === told.item['type'], `item ${place} changes its type`)
      for (const [key, piece] of told.pieces) check(piece.done, `${key} of item ${place} is not closed`)
      if (told.args !== undefined)
        check((item['arguments'] ?? item['input']) === told.args, `the call at ${place} ends with other arguments`)
      if (item['type'] === 'message') {
        const content = item['content'] as readonly Fields[]
        for (const [nth, part] of content.entries())
          check(
            told.pieces.get(`content ${nth}`)?.said === (part['text'] ?? part['refusal']),
            `text ${nth} of ${place}`,
          )
      }
      return
    }
    check(fields['item_id'] === told.id, `${type} is of another id than item ${place}`)
    readPiece(type, fields, told)
  }

  function readPiece(type: string, fields: Fields, told: Told) {
    if (/^response\.(function_call_arguments|custom_tool_call_input)\./.test(type)) {
      if (type.endsWith('.delta')) told.deltas += String(fields['delta'])
      else told.args = String(fields['arguments'] ?? fields['input'])
      if (told.args !== undefined) check(told.args === told.deltas, 'the deltas of a call are not its arguments')
      return
    }
    const isSummary = fields['summary_index'] !== undefined
    const nth = Number(fields['summary_index'] ?? fields['content_index'])
    if (Number.isNaN(nth)) return
    const key = `${isSummary ? 'summary' : 'content'} ${nth}`
    if (type.endsWith('_part.added')) {
      const before = [...told.pieces.keys()].filter(other => other.startsWith(key.split(' ')[0] ?? ''))
      check(nth === before.length, `${key} opens, where ${before.length} would be next`)
      told.pieces.set(key, { said: '', done: false })
      return
    }
    const piece = told.pieces.get(key)
    if (piece === undefined) {
      faults.push(`${type} comes before ${key} opens`)
      return
    }
    check(!piece.done, `${type} comes after the end of ${key}`)
    if (type.endsWith('.delta')) piece.said += String(fields['delta'])
    if (type.endsWith('_part.done')) piece.done = true
    else if (type.endsWith('.done'))
      check((fields['text'] ?? fields['refusal']) === piece.said, `the deltas of ${key} are not its text`)
  }

  function readEnd(type: string, response: Fields) {
    check(response['status'] === type.slice('response.'.length), `${type} has the status ${String(response['status'])}`)
    if (type === 'response.failed') {
      check(response['error'] !== null, 'a failed response has no error')
      return
    }
    for (const [place, told] of items.entries()) check(told.done !== undefined, `item ${place} is not closed`)
    const output = JSON.stringify(response['output'])
    check(output === JSON.stringify(items.map(({ done }) => done)), 'the output is not what was streamed')
    check(response['usage'] !== null, 'there is no usage')
  }
}

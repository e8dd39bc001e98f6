/** A piece of a tool call, as a chunk of a stream brings it. What it does not hold is empty. */
export interface CallPiece {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly text: string
  readonly kind: 'function' | 'custom'
}

/** A tool call as far as it has come. */
export interface GrowingCall {
  readonly index: number
  readonly kind: 'function' | 'custom'
  id: string
  name: string
  text: string
}

/**
 * Puts the pieces of parallel tool calls together. By OpenAI's grammar the index says to which call a piece belongs, and the
 * first piece of a call has its id and name. Servers deviate: no index (Gemini, Ollama, Mistral), every call with index 0,
 * the id or the name on every piece, or empty on later ones, or late, or the same id for every call. So a piece belongs to the
 * call of its id, else to the latest call of its index, unless it shows that it begins another one.
 */
export function createCalls() {
  const calls: GrowingCall[] = []

  /** The call that a piece belongs to, with what the piece adds to it. */
  function add(piece: CallPiece): GrowingCall {
    const call = find(piece) ?? begin(piece)
    if (call.id === '') call.id = piece.id
    if (call.name === '') call.name = piece.name
    call.text += piece.text
    return call
  }

  function find(piece: CallPiece): GrowingCall | undefined {
    const same = piece.id === '' ? [] : calls.filter(call => call.id === piece.id)
    const known = same.find(call => call.index === piece.index) ?? same.at(-1)
    if (known !== undefined) return isAnother(known, piece) ? undefined : known
    const latest = calls.findLast(call => call.index === piece.index)
    return latest !== undefined && continues(latest, piece) ? latest : undefined
  }

  function begin({ index, kind }: CallPiece): GrowingCall {
    const call = { index, kind, id: '', name: '', text: '' }
    calls.push(call)
    return call
  }

  return { calls: calls as readonly GrowingCall[], add }
}

/** Whether a piece with the id of a call belongs to another one all the same. */
function isAnother(call: GrowingCall, { index, name }: CallPiece): boolean {
  if (name === '' || call.name === '') return false
  return name !== call.name || (index !== call.index && isWhole(call.text))
}

/** Whether a piece with the index of a call, and no id that we know, goes on with that call. */
function continues(call: GrowingCall, piece: CallPiece): boolean {
  if (piece.id !== '' && call.id !== '') return false
  if (piece.name === '' || call.name === '') return true
  // Either a server that repeats the name, or one that numbers nothing and has begun the next call.
  return piece.name === call.name && !isWhole(call.text)
}

function isWhole(args: string): boolean {
  try {
    JSON.parse(args)
    return true
  } catch {
    return false
  }
}

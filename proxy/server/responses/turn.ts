import { record } from '../../protocols/fields.ts'
import { parseJson } from '../../wire/json.ts'
import type { Exchange } from '../answering/exchange.ts'
import { compacting } from './compaction.ts'
import { readResponses, remembering, responseIn, type Conversation } from './conversation.ts'
import { runTurn, type TurnDeps } from '../turn.ts'

/** A turn of the Responses API within a conversation. What it was answered is told to the conversation when it is over. */
export async function runResponsesTurn(
  deps: TurnDeps,
  exchange: Pick<Exchange, 'request' | 'response' | 'body'>,
  conversation: Conversation,
): Promise<void> {
  const { body } = exchange
  const protocol = remembering(body, conversation)
  const overheard: Buffer[] | undefined = isUnstored(body) ? undefined : []
  const { backend } = await runTurn(deps, {
    ...exchange,
    protocol,
    relays: true,
    read: () => readResponses(protocol, body, conversation),
    overheard,
  })
  if (overheard === undefined || overheard.length === 0) return
  const response = responseIn(Buffer.concat(overheard).toString('utf8'))
  if (response !== undefined) conversation.answered(response, record(parseJson(body)), backend)
}

/** Quotes in strings have a backslash before them: these bytes can only be the field itself. */
function isUnstored(body: Buffer): boolean {
  const at = body.indexOf('"store"')
  return at !== -1 && /^"store"\s*:\s*false/.test(body.toString('latin1', at, at + 32))
}

/** The same for a conversation that is to be made short: the answer is no response, and is not kept. */
export async function runCompaction(
  deps: TurnDeps,
  exchange: Pick<Exchange, 'request' | 'response' | 'body'>,
  conversation: Conversation,
): Promise<void> {
  await runTurn(deps, {
    ...exchange,
    protocol: compacting,
    relays: true,
    door: 'compact',
    read: () => readResponses(compacting, exchange.body, conversation),
  })
}

import type { Message, Part, Request } from '../core/request.ts'
import { maskText } from '../keys/mask.ts'
import type { Overrides } from '../sessions/session.ts'
import { stretchesOf } from './typed.ts'

/**
 * Why a turn of a session can't be relayed as its client sent it, in words for its record; nothing if it can. What says
 * where the turn goes does not count: the model's name is replaced in a relayed body too.
 */
export function whyChanged({
  params,
  promptPrefix,
  promptSuffix,
  redactKeys,
  loopDetection,
}: Overrides): string | undefined {
  if (params !== undefined) return 'a command set parameters'
  if (promptPrefix !== undefined || promptSuffix !== undefined) return 'a reasoning mode adds to the prompt'
  if (redactKeys === true) return 'a command has keys masked'
  if (loopDetection === true) return 'a command has loops detected'
  return undefined
}

/**
 * A request with what commands changed in its content: text around what the user says, keys masked. Its parameters are laid
 * over with those of the selector, since both are of one kind.
 */
export function layOver(request: Request, { promptPrefix, promptSuffix, redactKeys }: Overrides): Request {
  const framed =
    promptPrefix === undefined && promptSuffix === undefined
      ? request.messages
      : withFrame(request.messages, promptPrefix, promptSuffix)
  const messages = redactKeys === true ? framed.map(masked) : framed
  const system =
    redactKeys === true ? request.system.map(part => ({ ...part, text: maskText(part.text) })) : request.system
  return messages === request.messages && system === request.system ? request : { ...request, messages, system }
}

/** Around the text of each message of the user, those of the history as well, so that it stays the same from turn to turn. */
function withFrame(messages: readonly Message[], prefix = '', suffix = ''): readonly Message[] {
  return messages.map(message => {
    if (message.role !== 'user') return message
    const typed = stretchesOf(message).map(stretches => stretches.some(({ origin }) => origin === 'typed'))
    const said = message.parts.map((part, index) => part.type === 'text' && typed[index] === true)
    const first = said.indexOf(true)
    const last = said.lastIndexOf(true)
    if (first === -1) return message
    const parts = message.parts.map((part, index) => {
      if (part.type !== 'text') return part
      return { ...part, text: `${index === first ? prefix : ''}${part.text}${index === last ? suffix : ''}` }
    })
    return { ...message, parts }
  })
}

function masked(message: Message): Message {
  return { ...message, parts: message.parts.map(maskedPart) }
}

/** Of a file given as text too; signed reasoning stays as it is, since its vendor checks it. */
function maskedPart(part: Part): Part {
  switch (part.type) {
    case 'text':
      return { ...part, text: maskText(part.text) }
    case 'tool-call':
      return { ...part, arguments: maskText(part.arguments) }
    case 'tool-result':
      return { ...part, parts: part.parts.map(maskedPart) }
    case 'file':
      return part.source.type === 'text'
        ? { ...part, source: { type: 'text', text: maskText(part.source.text) } }
        : part
    default:
      return part
  }
}

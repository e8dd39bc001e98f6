import type { Request, SystemPart } from './request.ts'

/**
 * OpenAI refuses JSON mode if no message holds the word: the request with a message that does, where one is missing. `counts`
 * tells which of the system prompt's texts are messages to the format (instructions beside the conversation are not).
 */
export function withWordJson(request: Request, counts: (part: SystemPart) => boolean = () => true): Request {
  if (request.format?.type !== 'json') return request
  const said = request.messages.flatMap(({ parts }) => parts.map(part => (part.type === 'text' ? part.text : '')))
  const isSaid = [...request.system.filter(counts).map(({ text }) => text), ...said].some(text => /json/i.test(text))
  return isSaid ? request : { ...request, system: [...request.system, { text: 'Answer in JSON.', origin: 'system' }] }
}

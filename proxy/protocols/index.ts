import { anthropic } from './anthropic/index.ts'
import { codeAssist } from './code-assist/index.ts'
import { gemini } from './gemini/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'
import type { Protocol } from './protocol.ts'

/** Every wire format that we speak. */
export const protocols: readonly Protocol[] = [openaiChat, openaiResponses, anthropic, gemini, codeAssist]

/** The wire format of an id, if we speak it. */
export function protocolOf(id: string): Protocol | undefined {
  return protocols.find(protocol => protocol.id === id)
}

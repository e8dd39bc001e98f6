import { text } from '../text/text.ts'

/** The front ends that clients can be pointed at, with what to put behind the address. */
export const frontends = [{ id: 'openai-chat', title: text.endpoint.openaiChat, path: '/v1' }] as const

/** The base URL for the clients there are most of. */
export function baseUrl(url: string): string {
  return url + frontends[0].path
}

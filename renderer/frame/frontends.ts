import { text } from '../text/text.ts'

/** The front ends that clients can be pointed at, with what to put behind the address for the clients of each. */
export const frontends = [
  { title: text.frontends['openai-chat'], path: '/v1' },
  { title: text.frontends['openai-responses'], path: '/v1' },
  { title: text.frontends.anthropic, path: '/anthropic' },
  { title: text.frontends.gemini, path: '' },
] as const

/** The base URL for the clients there are most of. */
export function baseUrl(url: string): string {
  return url + frontends[0].path
}

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pick } from './random.ts'

/** What an upstream does with a request. Most answer; the rest is what networks and vendors do on bad days. */
const MOODS = [
  [50, 'answers'],
  [8, 'crawls'],
  [6, 'fails'],
  [6, 'is busy'],
  [5, 'is asked too often'],
  [5, 'hangs'],
  [5, 'hangs in the middle'],
  [5, 'cuts before its head'],
  [5, 'cuts before a word'],
  [5, 'cuts in the middle'],
  [3, 'says nothing'],
  [3, 'babbles'],
] as const

type Mood = (typeof MOODS)[number][1]

/** A server of Chat Completions with moods. It counts the answers that it gave to their end, by the turn they were for. */
export async function startUpstream(random: () => number) {
  const answered = new Map<string, number>()
  const moods = new Map<Mood, number>()
  let open = 0
  const server = createServer((request, response) => {
    open++
    response.once('close', () => open--)
    void take()

    async function take() {
      let text = ''
      for await (const chunk of request) text += String(chunk)
      const turn = /turn-\d+/.exec(text)?.[0] ?? 'none'
      const mood = pick(MOODS, random)
      moods.set(mood, (moods.get(mood) ?? 0) + 1)
      await act(mood, { response, isStream: text.includes('"stream":true') }, () =>
        answered.set(turn, (answered.get(turn) ?? 0) + 1),
      )
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    answered,
    moods,
    open: () => open,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function act(
  mood: Mood,
  { response, isStream }: { response: ServerResponse; isStream: boolean },
  done: () => void,
): Promise<void> {
  switch (mood) {
    case 'fails':
      refuse(response, 500, 'oops')
      return
    case 'is busy':
      refuse(response, 503, 'busy')
      return
    case 'is asked too often':
      refuse(response, 429, 'slow down', { 'retry-after': '0' })
      return
    case 'hangs':
      return
    case 'cuts before its head':
      response.socket?.destroy()
      return
    case 'babbles':
      begin(response)
      response.end('data: {"this is":\n\ndata: [DONE]\n\n')
      return
    default:
      if (!isStream) {
        await whole(mood, response, done)
        return
      }
      begin(response)
      await stream(mood, response, done)
  }
}

async function stream(mood: Mood, response: ServerResponse, done: () => void) {
  response.write(chunk({ role: 'assistant', content: '' }))
  if (mood === 'cuts before a word') {
    await sleep(2)
    response.socket?.destroy()
    return
  }
  if (mood !== 'says nothing') {
    for (let word = 0; word < 20; word++) {
      if (word === 10 && mood === 'hangs in the middle') return
      if (word === 10 && mood === 'cuts in the middle') {
        await sleep(2)
        response.socket?.destroy()
        return
      }
      if (mood === 'crawls') await sleep(5)
      if (response.destroyed) return
      response.write(chunk({ content: `word${word} ` }))
    }
  }
  response.write(chunk({}, 'stop'))
  response.end('data: [DONE]\n\n')
  if (mood !== 'says nothing') done()
}

async function whole(mood: Mood, response: ServerResponse, done: () => void) {
  const content = mood === 'says nothing' ? '' : Array.from({ length: 20 }, (_, word) => `word${word} `).join('')
  const message = { role: 'assistant', content, refusal: null }
  const text = JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  })
  response.writeHead(200, { 'content-type': 'application/json' })
  const half = Math.floor(text.length / 2)
  response.write(text.slice(0, half))
  if (mood === 'hangs in the middle') return
  if (mood.startsWith('cuts')) {
    await sleep(2)
    response.socket?.destroy()
    return
  }
  response.end(text.slice(half))
  if (mood !== 'says nothing') done()
}

function begin(response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
}

function chunk(delta: object, finish: string | null = null): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
}

function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ error: { message, type: 'server_error', param: null, code: null } }))
}

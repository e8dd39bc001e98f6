import { WebSocket } from 'ws'

/** A message of the Responses API over a WebSocket. */
export interface Spoken {
  readonly type: string
  readonly response?: {
    readonly id: string
    readonly output: readonly { readonly content?: readonly { readonly text?: string }[] }[]
  }
}

/** A connection on which a question is answered by all messages up to its end. */
export async function openSocket(url: string, headers: Readonly<Record<string, string>> = {}) {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    ask: (frame: object) =>
      new Promise<Spoken[]>(resolve => {
        const told: Spoken[] = []
        const hear = (data: Buffer) => {
          const message = JSON.parse(data.toString()) as Spoken
          told.push(message)
          if (!['error', 'response.completed', 'response.incomplete', 'response.failed'].includes(message.type)) return
          socket.off('message', hear)
          resolve(told)
        }
        socket.on('message', hear)
        socket.send(JSON.stringify(frame))
      }),
    close: () => socket.close(),
  }
}

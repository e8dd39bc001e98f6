import { once } from 'node:events'
import { createServer, request as ask } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

/**
 * An HTTP proxy as companies have one: it tunnels what is asked for by CONNECT and forwards what is asked for by a whole address,
 * refuses who does not say the right password (407), and leads every name to one port of this computer.
 */
export async function startHttpProxy({ leadsTo, token }: { readonly leadsTo: number; readonly token?: string }) {
  /** What was asked, with what was shown for it. */
  const asked: string[] = []
  const open = new Set<Socket>()
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    if (token !== undefined && request.headers['proxy-authorization'] !== token) {
      response.writeHead(407).end()
      return
    }
    const { pathname, search, host } = new URL(request.url ?? '')
    const headers = { ...request.headers, host }
    const onward = ask({ host: '127.0.0.1', port: leadsTo, method: request.method, path: pathname + search, headers })
    onward.on('response', answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  server.on('connect', (request, socket: Socket) => {
    asked.push(`CONNECT ${request.url ?? ''}`)
    if (token !== undefined && request.headers['proxy-authorization'] !== token) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const onward = connect(leadsTo, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const end of [socket, onward]) {
      open.add(end)
      end.on('error', () => undefined)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    asked,
    close: async () => {
      for (const socket of open) socket.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

import type { IncomingMessage } from 'node:http'
import { LOOP_HEADER } from '../backends/endpoints.ts'
import { ProxyError } from '../core/errors.ts'

/** A request that carries our own mark has come back to us: answering it would go round for ever. */
export function refuseLoops(request: Pick<IncomingMessage, 'headers'>) {
  if (request.headers[LOOP_HEADER] === undefined) return
  throw new ProxyError(
    'loop',
    'This request was sent by this proxy and came back to it. A backend’s api_url points at the proxy itself.',
  )
}

import { once } from 'node:events'
import { get } from 'node:http'
import { URLSearchParams } from 'node:url'
import { programs } from './native.mjs'
import { launch, loadCore } from './processes.mjs'

/** Where every target finds its upstream. */
export const upstreamPort = 9100

/** Starts the stand-in for a vendor, beside the load generator. */
export function startUpstream(work) {
  return launch({ name: 'upstream', command: [programs.upstream, String(upstreamPort)] }, { core: loadCore, work })
}

/**
 * Sets how an upstream's streams run from now on; what is left out stays.
 *
 * @param {{ chunks?: number, interval_us?: number, first_us?: number, jitter?: 0 | 1, pad?: number }} profile See native/upstream.c.
 */
export async function setProfile(port, profile) {
  const path = `/__profile?${new URLSearchParams(profile)}`
  const [response] = await once(get({ host: '127.0.0.1', port, path, agent: false }), 'response')
  response.resume()
  await once(response, 'end')
}

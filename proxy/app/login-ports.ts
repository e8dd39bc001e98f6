import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Upstream } from '../backends/upstream.ts'
import { textOf } from '../backends/upstream.ts'
import type { Env } from '../config/layers.ts'
import { withFileLock } from '../keys/file-lock.ts'
import { createKeychain } from '../keys/keychain.ts'
import type { Ask, LoginPorts } from '../logins/login.ts'

/** How long a vendor may take to answer what is asked beside the turns, in milliseconds. */
const PATIENCE_MS = 20_000

/** This computer, as the logins see it. `dataDir` is where our own locks are. */
export function loginPorts(
  { env, dataDir, upstream }: { env: Env; dataDir: string; upstream: Upstream },
  onChange?: (id: string) => void,
): LoginPorts {
  return {
    platform: process.platform,
    env,
    home: env['HOME'] ?? env['USERPROFILE'] ?? homedir(),
    now: Date.now,
    ask: askThrough(upstream),
    keychain: (service, account) => createKeychain({ service }).get(account),
    lock: (name, work) => withFileLock(join(dataDir, `${name}.lock`), work),
    onChange,
  }
}

function askThrough(upstream: Upstream): Ask {
  return async ({ method, url, headers, body }) => {
    const { origin, host, pathname, search } = new URL(url)
    const bytes = body === undefined ? null : Buffer.from(body)
    const answer = await upstream.open(
      {
        method,
        endpoint: { origin, host, path: pathname + search },
        headers: bytes === null ? headers : { ...headers, 'content-length': String(bytes.length) },
        body: bytes,
        timeoutMs: PATIENCE_MS,
      },
      AbortSignal.timeout(PATIENCE_MS),
    )
    return { status: answer.status, headers: answer.headers, text: await textOf(answer.chunks) }
  }
}

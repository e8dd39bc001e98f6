import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Upstream } from '../backends/upstream.ts'
import { textOf } from '../backends/upstream.ts'
import type { Env } from '../config/layers.ts'
import { withFileLock } from '../keys/file-lock.ts'
import { StoreError } from '../keys/key-store.ts'
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
    home: (process.platform === 'win32' ? env['USERPROFILE'] : env['HOME']) ?? homedir(),
    now: Date.now,
    ask: askThrough(upstream),
    keychain: process.platform === 'darwin' ? readAsSecurity : readKeychain,
    lock: (name, work) => withFileLock(join(dataDir, `${name}.lock`), work),
    onChange,
  }
}

/** An item of another program. Where there is no keychain at all there is no item either. */
async function readKeychain(service: string, account: string): Promise<string | undefined> {
  try {
    return await createKeychain({ service }).get(account)
  } catch (error) {
    if (error instanceof StoreError && error.kind === 'unavailable') return undefined
    throw error
  }
}

/** On macOS the programs whose items these are write them by this tool, so that it may read them without a question each time. */
function readAsSecurity(service: string, account: string): Promise<string | undefined> {
  const NOT_FOUND = 44
  return new Promise((resolve, reject) => {
    const args = ['find-generic-password', '-s', service, '-a', account, '-w']
    execFile('/usr/bin/security', args, { timeout: PATIENCE_MS }, (error, output) => {
      if (error === null) resolve(output.trim())
      else if (error.code === NOT_FOUND) resolve(undefined)
      else reject(new Error(`the keychain did not give it (security ended with ${String(error.code ?? error.signal)})`))
    })
  })
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

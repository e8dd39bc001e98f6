import type { Call, Input, Output } from '../app/contract.ts'
import { readInstance } from '../app/instance-file.ts'

/** How long a proxy that is busy, or has just started, may take to tell what it has, in milliseconds. */
const SNAPSHOT_MS = 30_000

/** The backend of the running proxy that a word names, perhaps with the number of a key behind it; nothing if none runs, or it has none of that name. */
export async function findRunning(
  instanceFile: string,
  word: string,
): Promise<{ readonly backend: string; readonly instance?: string } | undefined> {
  const ids =
    (await askRunning(instanceFile, 'app.snapshot', { patienceMs: SNAPSHOT_MS }))?.backends.map(({ id }) => id) ?? []
  if (ids.includes(word)) return { backend: word }
  const [, backend = '', instance = ''] = /^(.+)\.(\d{1,2})$/.exec(word) ?? []
  return ids.includes(backend) ? { backend, instance } : undefined
}

/** Asks the running proxy for something that a window could ask for, too; nothing if none answers. */
export async function askRunning<C extends Call>(
  instanceFile: string,
  call: C,
  { input, patienceMs = 5000 }: { readonly input?: Input<C>; readonly patienceMs?: number } = {},
): Promise<Output<C> | undefined> {
  const running = await readInstance(instanceFile)
  if (running === undefined) return undefined
  const { url, token } = running
  try {
    const response = await fetch(`${url}/app/api/call/${call}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...(input !== undefined && { 'content-type': 'application/json' }) },
      ...(input !== undefined && { body: JSON.stringify(input) }),
      signal: AbortSignal.timeout(patienceMs),
    })
    const result = (await response.json()) as { ok: boolean; value: Output<C> }
    return result.ok ? result.value : undefined
  } catch {
    return undefined
  }
}

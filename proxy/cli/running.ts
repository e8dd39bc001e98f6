import { readFile } from 'node:fs/promises'
import type { Call, Input, Output } from '../app/contract.ts'

/** What a run of the proxy tells of itself, for commands that want to ask it. */
interface Instance {
  readonly pid: number
  readonly url: string
  readonly token: string
}

/** Asks the running proxy for something that a window could ask for, too; nothing if none answers. */
export async function askRunning<C extends Call>(
  instanceFile: string,
  call: C,
  { input, patienceMs = 5000 }: { readonly input?: Input<C>; readonly patienceMs?: number } = {},
): Promise<Output<C> | undefined> {
  try {
    const { url, token } = JSON.parse(await readFile(instanceFile, 'utf8')) as Instance
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

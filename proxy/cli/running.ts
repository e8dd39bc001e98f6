import type { Call, Input, Output } from '../app/contract.ts'
import { readInstance } from '../app/instance-file.ts'

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

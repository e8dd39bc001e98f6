import type { RemoteBackend } from '../backends/backend.ts'
import { testKey } from '../backends/key-test.ts'
import { ProxyError, toProxyError } from '../core/errors.ts'
import { guessBackend } from '../keys/mask.ts'
import type { StoreState } from '../keys/secrets.ts'
import { createUpstream } from '../backends/upstream.ts'
import type { ServerState } from '../server/state.ts'
import type { AppParts } from './parts.ts'
import type { Input, Output } from './contract.ts'
import { listKeys } from './key-rows.ts'
import { placeOfNewKey } from './new-key.ts'

export function guessKey(value: string): Output<'keys.guess'> {
  return { backend: guessBackend(value.trim()) }
}

export async function addKey(
  parts: AppParts,
  { backend, value, beside = false, store, passphrase }: Input<'keys.add'>,
): Promise<Output<'keys.add'>> {
  const place = await placeOfNewKey(parts, backend, beside)
  if (!place.ok) return place
  const stored = await parts.secrets.set(place.name, value, {
    ...(store !== undefined && { store }),
    ...(passphrase !== undefined && { passphrase }),
  })
  return stored.ok ? { ok: true } : { ok: false, reason: `${stored.reason} ${stored.remedy}` }
}

/** Opens the file of encrypted keys until the program ends. */
export async function unlockKeys(
  { secrets, keysChanged }: AppParts,
  passphrase: string,
): Promise<Output<'keys.unlock'>> {
  const unlocked = await secrets.unlock(passphrase)
  if (!unlocked.ok) return { ok: false, reason: unlocked.reason }
  await keysChanged()
  return { ok: true }
}

/** Whether there are stored keys that want a passphrase before they can be used. The keychain is not asked. */
export async function areKeysLocked({ secrets }: Pick<AppParts, 'secrets'>): Promise<boolean> {
  const { entries } = await secrets.list()
  if (!entries.some(({ store }) => store === 'file')) return false
  return (await secrets.stores()).some(isLocked)
}

function isLocked(state: StoreState): boolean {
  return !state.usable && state.locked
}

export async function removeKey({ secrets }: AppParts, name: string): Promise<Output<'keys.remove'>> {
  const removed = await secrets.remove(name)
  if (!removed.ok) return { ok: false, reason: `${removed.reason} ${removed.remedy}` }
  return removed.removed ? { ok: true } : { ok: false, reason: `There is no stored key ${name}.` }
}

/** Tests a key before or after it is stored, rung by rung. */
export async function testBackendKey(
  parts: AppParts,
  { backend: id, value, name }: Input<'keys.test'>,
): Promise<Output<'keys.test'>> {
  const state = parts.proxy()?.state()
  const backend = state?.backends.get(id)
  if (state === undefined || backend === undefined) return failedStep(`There is no backend ${id}.`)
  if (backend.kind === 'local')
    return { ok: true, steps: [{ name: 'Built in', ok: true, ms: 0, detail: 'Needs no key.' }] }
  const credential =
    value === undefined ? await storedCredential(parts, state, backend, name) : { name: id, secret: value.trim() }
  if (credential instanceof ProxyError) return failedStep(credential.message)
  const upstream = createUpstream(parts.wayOut)
  try {
    const steps = await testKey(upstream, backend, credential)
    return { ok: steps.every(step => step.ok), steps: [...steps] }
  } finally {
    await upstream.close()
  }
}

/** The key of that name, or the one that a turn would take. One of another backend is not shown to this one. */
async function storedCredential(
  parts: AppParts,
  { credentialsOf }: ServerState,
  backend: RemoteBackend,
  name: string | undefined,
) {
  if (name === undefined) return Promise.resolve(credentialsOf(backend).take([])).catch(toProxyError)
  const { keys } = await listKeys(parts)
  const row = keys.find(key => key.name === name && key.backend === backend.id)
  if (row === undefined) return new ProxyError('not-found', `Backend ${backend.id} has no key ${name}.`)
  const secret = await parts.secrets.resolve(row.envName === undefined ? `keychain:${name}` : `env:${row.envName}`)
  return secret.found
    ? { name, secret: secret.value }
    : new ProxyError('unauthenticated', `${secret.reason} ${secret.remedy}`)
}

function failedStep(detail: string): Output<'keys.test'> {
  return { ok: false, steps: [{ name: 'Key', ok: false, ms: 0, detail }] }
}

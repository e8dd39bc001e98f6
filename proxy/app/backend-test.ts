import { climb } from '../backends/ladder.ts'
import { ProxyError, toProxyError } from '../core/errors.ts'
import type { AppParts } from './parts.ts'
import type { Input, Output } from './contract.ts'

/** The longest that a whole test may take, in milliseconds. */
const PATIENCE_MS = 120_000

/** Tries a backend with the key that a turn would take, or with the one of that number. */
export async function testBackend(
  { proxy }: Pick<AppParts, 'proxy'>,
  { backend: id, model, instance }: Input<'backends.test'>,
): Promise<Output<'backends.test'>> {
  const state = proxy()?.state()
  const backend = state?.backends.get(id)
  if (state === undefined || backend === undefined) return failed(`There is no backend ${id}.`)
  if (backend.kind === 'local')
    return { ok: true, steps: [{ name: 'Built in', ok: true, ms: 0, detail: 'Needs no key.' }] }
  try {
    const credential = await state.credentialsOf(backend, instance).take([])
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const steps = await climb({ upstream: state.upstream, backend, credential, model, signal })
    return { ok: steps.every(({ ok }) => ok), steps: [...steps] }
  } catch (thrown) {
    const error = toProxyError(thrown)
    if (!(thrown instanceof ProxyError)) throw error
    return failed(error.message)
  }
}

function failed(detail: string): Output<'backends.test'> {
  return { ok: false, steps: [{ name: 'Key', ok: false, ms: 0, detail }] }
}

import type { Credential } from '../../core/credential.ts'
import type { Target } from '../../routing/route.ts'
import type { AnswerDeps, Seen } from './asking.ts'

/** The credential of a target that is asked but once. Throws `unauthenticated` where it has none and needs one. */
export async function credentialFor(
  { credentialsOf }: Pick<AnswerDeps, 'credentialsOf'>,
  { backend, instance }: Target,
): Promise<{ readonly credential: Credential | undefined; readonly seen: Seen }> {
  if (backend.kind === 'local') return { credential: undefined, seen: undefined }
  const credentials = credentialsOf(backend, instance)
  return { credential: await credentials.take([]), seen: credentials.seen }
}

import type { Credential, Credentials } from '../core/credential.ts'
import { ProxyError } from '../core/errors.ts'
import type { Secret, Secrets } from '../keys/secrets.ts'
import type { RemoteBackend } from './backend.ts'

/** Gives the keys of a backend to its turns; with an instance, only the one that is pinned (`openai.2`). */
export type CredentialsOf = (backend: RemoteBackend, instance?: string) => Credentials

/** The keys of every backend, as the secrets have them at the moment they are asked for. */
export function createCredentials(secrets: Secrets): CredentialsOf {
  const made = new WeakMap<Secret, Credential>()

  function credentialIn(secret: Secret, backend: RemoteBackend): Credential | undefined {
    const remembered = made.get(secret)
    if (remembered !== undefined) return remembered
    if (secret.found) {
      const credential = { name: nameOf(secret.source, backend), secret: secret.value }
      made.set(secret, credential)
      return credential
    }
    if (!backend.key.required) return undefined
    throw new ProxyError('unauthenticated', `Backend ${backend.id} has no key. ${secret.reason} ${secret.remedy}`, {
      code: 'missing_api_key',
    })
  }

  return backend => ({
    take() {
      const known = secrets.peek(backend.id, backend.key)
      return known === undefined
        ? secrets.keyOf(backend.id, backend.key).then(secret => credentialIn(secret, backend))
        : credentialIn(known, backend)
    },
    report() {
      // A lone key is asked again each time: the vendor's own words are the best answer.
    },
  })
}

function nameOf(source: string, { id, key }: RemoteBackend): string {
  return source.startsWith('env:') ? source.slice('env:'.length) : (key.reference ?? `${source}:${id}`)
}

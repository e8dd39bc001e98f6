import { isMainThread } from 'node:worker_threads'
import type { AsyncEntry } from '@napi-rs/keyring'
import type { KeyStore, StoreErrorKind } from './key-store.ts'
import { StoreError } from './key-store.ts'

export interface KeychainOptions {
  /** The name under which all our entries stand. */
  readonly service?: string
  /** How long one call may take: time for a person to answer a prompt, and no more than a turn can wait. */
  readonly timeoutMs?: number
}

/**
 * The keychain of the operating system: Keychain on macOS, Credential Manager on Windows, the Secret Service elsewhere.
 *
 * Calls go one at a time. Each holds a thread of Node's pool even after we gave up on it, since the library cannot end
 * a call, and a second one would only open a second prompt; so while a call is overdue, new ones are refused at once.
 */
export function createKeychain({
  service = 'llm-interactive-proxy',
  timeoutMs = 10_000,
}: KeychainOptions = {}): KeyStore {
  let queue: Promise<unknown> = Promise.resolve()
  let overdue = false

  function ask<Answer>(name: string, question: (entry: AsyncEntry) => Promise<Answer>): Promise<Answer> {
    if (overdue) return Promise.reject(unanswered('an earlier call is still waiting'))
    return new Promise((resolve, reject) => {
      let givenUp = false
      const timer = setTimeout(() => {
        givenUp = overdue = true
        reject(unanswered(`nothing came within ${timeoutMs / 1000} s`))
      }, timeoutMs)

      const answer = queue.then(async () => {
        // Its caller was told that it failed while it stood in the queue: it must not happen now.
        if (givenUp) throw unanswered('an earlier call took too long')
        process.on('exit', leaveNow)
        return question(await openEntry(service, name))
      })
      queue = answer.then(settled, settled)
      void answer
        .then(resolve, (error: unknown) => reject(error instanceof StoreError ? error : refusal(error)))
        .finally(() => clearTimeout(timer))
    })
  }

  function settled() {
    overdue = false
    process.off('exit', leaveNow)
  }

  return {
    get: name => ask(name, async entry => (await entry.getPassword()) ?? undefined),
    set: (name, value) => ask(name, entry => entry.setPassword(value)),
    remove: name => ask(name, entry => entry.deletePassword()),
    check: async () => {
      // No key can have this name, so nothing is found, and nothing that is locked is asked for.
      await ask('is anybody there?', entry => entry.getPassword())
    },
  }
}

/**
 * Node waits for running calls of native libraries when it exits, and a prompt may stay open for ever. Becoming another
 * program ends the call at once, and keeps the exit code. On Windows nothing prompts.
 */
function leaveNow(exitCode: number) {
  if (process.platform !== 'win32' && isMainThread) process.execve?.('/bin/sh', ['sh', '-c', `exit ${exitCode}`])
}

/**
 * On Linux the store is pinned: left to itself the library falls back silently to the kernel's keyring, which is lost
 * at reboot. An entry is made anew for each call, since one that is kept breaks when the Secret Service restarts. Making one
 * connects, and blocks for up to 2 s if the service hangs.
 */
async function openEntry(service: string, name: string): Promise<AsyncEntry> {
  const { AsyncEntry } = await loadKeyring()
  return new AsyncEntry(service, name, { linux: { store: 'secret-service' } })
}

/** Loaded at the first call: who uses no keychain does not pay for its native library. */
async function loadKeyring() {
  try {
    return await import('@napi-rs/keyring')
  } catch (error) {
    throw new StoreError(
      'unavailable',
      'There is no keychain here: the library for it does not load on this platform.',
      error,
    )
  }
}

function unanswered(why: string) {
  return new StoreError('unanswered', `The keychain does not answer (${why}). It may be showing a prompt.`)
}

/** What the library's messages mean; the first match wins. Only the messages differ: every error has the same code. */
const refusals: readonly { readonly pattern: RegExp; readonly kind: StoreErrorKind; readonly sentence: string }[] = [
  {
    pattern: /DBUS_SESSION_BUS_ADDRESS|connect to socket/i,
    kind: 'unavailable',
    sentence: 'There is no keychain here: no D-Bus session is running.',
  },
  {
    pattern: /not provided by any \.service|exited with status/i,
    kind: 'unavailable',
    sentence: 'There is no keychain here: no Secret Service (such as GNOME Keyring or KWallet) is running.',
  },
  {
    pattern: /no result found/i,
    kind: 'unavailable',
    sentence: 'There is no keychain here: the Secret Service is running but has no default keyring.',
  },
  {
    // macOS: errSecNoDefaultKeychain, errSecNoSuchKeychain. Windows: a service or network log-on.
    pattern: /keychain could not be found|no_such_logon_session/i,
    kind: 'unavailable',
    sentence: 'There is no keychain here: this login session has none.',
  },
  {
    pattern: /dismissed|canceled/i,
    kind: 'locked',
    sentence: 'The keychain is locked, and its prompt was dismissed or could not be shown.',
  },
  { pattern: /object locked|interaction is not allowed/i, kind: 'locked', sentence: 'The keychain is locked.' },
  {
    pattern: /did not receive a reply/i,
    kind: 'unanswered',
    sentence: 'The keychain does not answer: its service hangs.',
  },
  {
    // Windows takes 2560 bytes, which is 1280 characters.
    pattern: /longer than the platform limit/i,
    kind: 'failed',
    sentence: 'The value is longer than the keychain of this platform takes.',
  },
]

function refusal(error: unknown): StoreError {
  const message = error instanceof Error ? error.message : String(error)
  const known = refusals.find(({ pattern }) => pattern.test(message))
  return new StoreError(known?.kind ?? 'failed', known?.sentence ?? `The keychain failed: ${message}.`, error)
}

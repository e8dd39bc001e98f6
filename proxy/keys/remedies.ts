import type { StoreErrorKind } from './key-store.ts'

/** What a person can do, in a sentence, when a store refuses the key of that name. `variable` says which one could hold it. */
export function remedyFor(kind: StoreErrorKind, name: string, variable: string): string {
  return remedies[kind](`${variable}, or a file encrypted with a passphrase: lip keys set ${name} --store file`)
}

export const anyVariable = 'an environment variable (such as OPENAI_API_KEY)'

const remedies = {
  unavailable: otherwise => `Use ${otherwise}`,
  locked: otherwise => `Unlock the keychain and try again, or use ${otherwise}`,
  unanswered: otherwise => `Answer the keychain's prompt, if there is one, and try again, or use ${otherwise}`,
  failed: otherwise => `Try again, or use ${otherwise}`,
  'no-passphrase': () =>
    'Give the passphrase in the window under Accounts or when you are asked for it, or set LIP_PASSPHRASE.',
  'weak-passphrase': () => 'Choose a longer one; four random words are good.',
  'wrong-passphrase': () =>
    'Set LIP_PASSPHRASE to the passphrase that the file was made with. If it is lost, delete the file and store the keys again.',
  damaged: () => 'Restore the file from a backup, or delete it and store the keys again.',
} as const satisfies Record<StoreErrorKind, (otherwise: string) => string>

import type { ScryptOptions } from 'node:crypto'
import { createCipheriv, createDecipheriv, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { readIfThere, writeAtomically } from './atomic-file.ts'
import { withFileLock } from './file-lock.ts'
import type { KeyStore } from './key-store.ts'
import { StoreError } from './key-store.ts'

export interface PassphraseFile extends KeyStore {
  /** Takes a passphrase for all that follows. Throws a StoreError if it is not the file's, or too short for a new file. */
  readonly unlock: (passphrase: string) => Promise<void>
}

export interface PassphraseFileOptions {
  readonly path: string
  /** An empty file that keeps other processes from writing at the same time. */
  readonly lockPath: string
  readonly passphrase?: string | undefined
  /** How hard a passphrase is to guess, for a new file. One guess takes memory of 128 × N × r bytes (here 128 MiB) and about 0.3 s. */
  readonly cost?: ScryptCost
}

type ScryptCost = z.output<typeof costSchema>

/**
 * A file of keys encrypted with a passphrase, for machines without a keychain. scrypt (RFC 7914) makes a key of the
 * passphrase, AES-256-GCM encrypts names and values together. All that stands in clear is authenticated with them.
 */
export function createPassphraseFile({
  path,
  lockPath,
  passphrase,
  cost = { N: 2 ** 17, r: 8, p: 1 },
}: PassphraseFileOptions): PassphraseFile {
  let known = passphrase
  let lastDerived: { readonly from: string; readonly secrets: DerivedSecrets } | undefined

  async function read(): Promise<Contents> {
    const text = await readIfThere(path)
    return text === undefined ? { kdf: undefined, keys: new Map() } : decrypt(parse(text), given())
  }

  async function change<Result>(edit: (keys: Map<string, string>) => Result): Promise<Result> {
    return withFileLock(lockPath, async () => {
      const { kdf, keys } = await read()
      const result = edit(keys)
      await writeAtomically(path, await encrypt(keys, kdf ?? newKdf(), kdf === undefined ? strong(given()) : given()))
      return result
    })
  }

  async function decrypt({ kdf, check, iv, tag, data }: Envelope, passphrase: string): Promise<Contents> {
    const { key, check: expected } = await derive(passphrase, kdf)
    if (check.length !== expected.length || !timingSafeEqual(check, expected)) {
      throw new StoreError('wrong-passphrase', `The passphrase is not the one that ${path} was encrypted with.`)
    }
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
        .setAAD(clearPart(kdf))
        .setAuthTag(tag)
      const text = Buffer.concat([decipher.update(data), decipher.final()]).toString()
      return { kdf, keys: new Map(keysSchema.parse(JSON.parse(text))) }
    } catch (error) {
      throw damaged('it was changed after it was written', error)
    }
  }

  async function encrypt(keys: ReadonlyMap<string, string>, kdf: Kdf, passphrase: string): Promise<string> {
    const { key, check } = await derive(passphrase, kdf)
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(clearPart(kdf))
    const data = Buffer.concat([cipher.update(JSON.stringify([...keys])), cipher.final()])
    const envelope: z.input<typeof envelopeSchema> = {
      format: FORMAT,
      kdf: { ...kdf, salt: kdf.salt.toString('base64') },
      check: check.toString('base64'),
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    }
    return `${JSON.stringify(envelope, null, 2)}\n`
  }

  /** Kept for the next time, because it is slow on purpose. */
  async function derive(passphrase: string, kdf: Kdf): Promise<DerivedSecrets> {
    const from = `${clearPart(kdf).toString()}\n${passphrase}`
    if (lastDerived?.from !== from) lastDerived = { from, secrets: await deriveSecrets(passphrase, kdf) }
    return lastDerived.secrets
  }

  function parse(text: string): Envelope {
    try {
      return envelopeSchema.parse(JSON.parse(text))
    } catch (error) {
      throw damaged('it is not a file of encrypted keys', error)
    }
  }

  function given(): string {
    if (known === undefined || known === '') {
      throw new StoreError('no-passphrase', `No passphrase was given for the file of keys, ${path}.`)
    }
    return known
  }

  function newKdf(): Kdf {
    return { ...cost, name: 'scrypt', salt: randomBytes(16) }
  }

  function damaged(how: string, cause: unknown) {
    return new StoreError('damaged', `${path} cannot be used: ${how}.`, cause)
  }

  return {
    get: async name => (await read()).keys.get(name),
    set: (name, value) => change(keys => void keys.set(name, value)),
    remove: async name => (await read()).keys.has(name) && change(keys => keys.delete(name)),
    check: async () => {
      given()
      await read()
    },
    unlock: async passphrase => {
      const text = await readIfThere(path)
      if (text === undefined) strong(passphrase)
      else await decrypt(parse(text), passphrase)
      known = passphrase
    },
  }
}

interface Contents {
  /** How the file's key is made; nothing if there is no file yet. */
  readonly kdf: Kdf | undefined
  readonly keys: Map<string, string>
}

interface DerivedSecrets {
  readonly key: Buffer
  /** Stands in the file, so that a wrong passphrase and a damaged file can be told apart. It says nothing of the key. */
  readonly check: Buffer
}

async function deriveSecrets(passphrase: string, { N, r, p, salt }: Kdf): Promise<DerivedSecrets> {
  // The same passphrase may be typed as composed or decomposed characters on different systems.
  const bytes = await scryptAsync(passphrase.normalize('NFC'), salt, 64, { N, r, p, maxmem: 256 * N * r })
  return { key: bytes.subarray(0, 32), check: bytes.subarray(32) }
}

const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

function strong(passphrase: string): string {
  if (passphrase.length >= 8) return passphrase
  throw new StoreError('weak-passphrase', 'The passphrase is too short: it needs at least 8 characters.')
}

/** What is authenticated along with the keys. */
function clearPart({ name, N, r, p, salt }: Kdf): Buffer {
  return Buffer.from([FORMAT, name, N, r, p, salt.toString('base64')].join(' '))
}

const FORMAT = 'llm-interactive-proxy keys 1'

const base64 = z.base64().transform(text => Buffer.from(text, 'base64'))

/** Bounded, since the numbers are used before they can be authenticated: a forged file must not take all memory. */
const costSchema = z.object({
  N: z
    .int()
    .min(2)
    .max(2 ** 20)
    .refine(n => Number.isInteger(Math.log2(n)), 'is not a power of two'),
  r: z.int().min(1).max(8),
  p: z.int().min(1).max(8),
})

const kdfSchema = costSchema.extend({ name: z.literal('scrypt'), salt: base64 })

const envelopeSchema = z.object({
  format: z.literal(FORMAT),
  kdf: kdfSchema,
  check: base64,
  iv: base64,
  tag: base64,
  data: base64,
})

const keysSchema = z.array(z.tuple([z.string(), z.string()]))

type Kdf = z.output<typeof kdfSchema>
type Envelope = z.output<typeof envelopeSchema>

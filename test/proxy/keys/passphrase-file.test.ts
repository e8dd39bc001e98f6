import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPassphraseFile } from '../../../proxy/keys/passphrase-file.ts'

const PASSPHRASE = 'correct horse battery staple'
const KEY = 'sk-made-up-for-this-test-7F3A'
/** Quick to derive; the shipped cost has a test of its own. */
const cheap = { N: 2 ** 10, r: 8, p: 1 }

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'))
  path = join(folder, 'keys.enc')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function fileWith(passphrase: string | undefined) {
  return createPassphraseFile({ path, lockPath: `${path}.lock`, passphrase, cost: cheap })
}

describe('a file of keys', () => {
  test('gives back what was stored, also to another program with the same passphrase', async () => {
    const file = fileWith(PASSPHRASE)
    await file.set('openai', KEY)
    await file.set('openai.2', `${KEY}-2`)
    await file.set('openai', `${KEY}-new`)

    const other = fileWith(PASSPHRASE)
    expect(await other.get('openai')).toBe(`${KEY}-new`)
    expect(await other.get('openai.2')).toBe(`${KEY}-2`)
    expect(await other.get('groq')).toBeUndefined()
  })

  test('removes a key, and says when there was none', async () => {
    const file = fileWith(PASSPHRASE)
    await file.set('openai', KEY)
    expect(await file.remove('openai')).toBe(true)
    expect(await file.remove('openai')).toBe(false)
    expect(await fileWith(PASSPHRASE).get('openai')).toBeUndefined()
  })

  test('has neither values nor names in clear, and only its owner may read it', async () => {
    await fileWith(PASSPHRASE).set('a-backend-of-mine', KEY)

    expect(await readdir(folder)).toEqual(['keys.enc', 'keys.enc.lock'])
    const text = await readFile(path, 'utf8')
    for (const secret of [KEY, 'a-backend-of-mine', PASSPHRASE]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, -4))
    }
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('is encrypted differently each time it is written', async () => {
    const file = fileWith(PASSPHRASE)
    await file.set('openai', KEY)
    const first = parsed(await readFile(path, 'utf8'))
    await file.set('openai', KEY)
    const second = parsed(await readFile(path, 'utf8'))

    expect(second.iv).not.toBe(first.iv)
    expect(second.data).not.toBe(first.data)
  })

  test('takes names that mean something to JavaScript', async () => {
    const file = fileWith(PASSPHRASE)
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(await file.get(name)).toBeUndefined()
      await file.set(name, `${KEY}-${name}`)
      expect(await fileWith(PASSPHRASE).get(name)).toBe(`${KEY}-${name}`)
    }
  })

  test('loses nothing when several write at once', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `openai.${i}`)
    await Promise.all(names.map(name => fileWith(PASSPHRASE).set(name, KEY)))

    const file = fileWith(PASSPHRASE)
    expect(await Promise.all(names.map(name => file.get(name)))).toEqual(names.map(() => KEY))
  })

  test('is as hard to guess as it ships: 128 MiB of memory for each try', { timeout: 20_000 }, async () => {
    await createPassphraseFile({ path, lockPath: `${path}.lock`, passphrase: PASSPHRASE }).set('openai', KEY)
    expect(parsed(await readFile(path, 'utf8')).kdf).toMatchObject({ name: 'scrypt', N: 131_072, r: 8, p: 1 })
    expect(await fileWith(PASSPHRASE).get('openai')).toBe(KEY)
  })
})

describe('a passphrase', () => {
  test('that is wrong is called wrong, and leaves the file as it was', async () => {
    await fileWith(PASSPHRASE).set('openai', KEY)
    const before = await readFile(path, 'utf8')
    const file = fileWith('correct horse battery stable')

    const wrong = {
      kind: 'wrong-passphrase',
      message: `The passphrase is not the one that ${path} was encrypted with.`,
    }
    await expect(file.get('openai')).rejects.toMatchObject(wrong)
    await expect(file.set('openai', 'sk-other')).rejects.toMatchObject(wrong)
    await expect(file.remove('openai')).rejects.toMatchObject(wrong)
    await expect(file.check()).rejects.toMatchObject(wrong)
    await expect(file.unlock('another one')).rejects.toMatchObject(wrong)
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  test('that was not given is asked for, but not to say that there are no keys yet', async () => {
    const file = fileWith(undefined)
    expect(await file.get('openai')).toBeUndefined()
    await expect(file.set('openai', KEY)).rejects.toMatchObject({ kind: 'no-passphrase' })
    await expect(file.check()).rejects.toMatchObject({ kind: 'no-passphrase' })
    expect(await readdir(folder)).not.toContain('keys.enc')

    await fileWith(PASSPHRASE).set('openai', KEY)
    await expect(file.get('openai')).rejects.toMatchObject({ kind: 'no-passphrase' })
  })

  test('can be given later, in place of a wrong one', async () => {
    await fileWith(PASSPHRASE).set('openai', KEY)
    const file = fileWith('a wrong one')
    await file.unlock(PASSPHRASE)
    expect(await file.get('openai')).toBe(KEY)
  })

  test('of less than 8 characters makes no new file', async () => {
    const file = fileWith('1234567')
    await expect(file.set('openai', KEY)).rejects.toMatchObject({ kind: 'weak-passphrase' })
    await expect(file.unlock('1234567')).rejects.toMatchObject({ kind: 'weak-passphrase' })
    expect(await readdir(folder)).not.toContain('keys.enc')
  })

  test('is the same however its accents were typed', async () => {
    await fileWith('pass\u00e9 compos\u00e9').set('openai', KEY)
    expect(await fileWith('passe\u0301 compose\u0301').get('openai')).toBe(KEY)
  })
})

describe('a file that was tampered with', () => {
  test('is refused, whichever of its bytes was changed', async () => {
    await fileWith(PASSPHRASE).set('openai', KEY)
    const good = parsed(await readFile(path, 'utf8'))
    for (const field of ['check', 'iv', 'tag', 'data'] as const) {
      const bytes = Buffer.from(good[field], 'base64')
      for (let i = 0; i < bytes.length; i++) {
        const changed = Buffer.from(bytes)
        changed[i] = (changed[i] ?? 0) ^ 1
        await writeFile(path, JSON.stringify({ ...good, [field]: changed.toString('base64') }))
        await expect(fileWith(PASSPHRASE).get('openai'), `${field}[${i}]`).rejects.toMatchObject({
          kind: field === 'check' ? 'wrong-passphrase' : 'damaged',
        })
      }
    }
  })

  test('is refused when cut, or when its parameters were changed', async () => {
    await fileWith(PASSPHRASE).set('openai', KEY)
    const good = parsed(await readFile(path, 'utf8'))
    const changes: readonly Partial<Envelope>[] = [
      { tag: Buffer.from(good.tag, 'base64').subarray(0, 4).toString('base64') },
      { data: '' },
      { iv: '' },
      { kdf: { ...good.kdf, N: 2 ** 11 } },
      { kdf: { ...good.kdf, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' } },
      { kdf: { ...good.kdf, N: 2 ** 40 } },
      { kdf: { ...good.kdf, N: 1000 } },
      { format: 'llm-interactive-proxy keys 2' },
    ]
    for (const change of changes) {
      await writeFile(path, JSON.stringify({ ...good, ...change }))
      await expect(fileWith(PASSPHRASE).get('openai'), JSON.stringify(change)).rejects.toMatchObject({
        name: 'StoreError',
      })
    }
  })

  test('is not written over', async () => {
    await writeFile(path, 'not ours')
    await expect(fileWith(PASSPHRASE).set('openai', KEY)).rejects.toMatchObject({
      kind: 'damaged',
      message: `${path} cannot be used: it is not a file of encrypted keys.`,
    })
    expect(await readFile(path, 'utf8')).toBe('not ours')
  })
})

interface Envelope {
  readonly format: string
  readonly kdf: {
    readonly name: string
    readonly N: number
    readonly r: number
    readonly p: number
    readonly salt: string
  }
  readonly check: string
  readonly iv: string
  readonly tag: string
  readonly data: string
}

function parsed(text: string): Envelope {
  return JSON.parse(text) as Envelope
}

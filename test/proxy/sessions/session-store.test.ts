import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSessionStore, type SessionStore } from '../../../proxy/sessions/session-store.ts'
import { withOverrides, type Overrides } from '../../../proxy/sessions/session.ts'

const DAY = 24 * 3600 * 1000

let folder: string
let now: number
let failures: string[]
let stores: SessionStore[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lip-sessions-'))
  now = 1_800_000_000_000
  failures = []
  stores = []
})

afterEach(async () => {
  for (const store of stores) store.close()
  await rm(folder, { recursive: true })
})

function open(most = 100, file = join(folder, 'sessions.db')): SessionStore {
  const store = createSessionStore({
    file,
    limits: () => ({ most, maxAgeMs: 30 * DAY }),
    now: () => now,
    failed: ({ message }) => failures.push(message),
  })
  stores.push(store)
  return store
}

const told = (key: string, owner = '', from = 'x-session-id') => ({ key, owner, from })

/** A session in which a command chose a model. */
function put(store: SessionStore, key: string, model = 'm', owner = '') {
  const session = withOverrides(store.open(told(key, owner), 'agent'), { model })
  store.keep(session)
  return session.id
}

function change(store: SessionStore, id: string, changes: Overrides) {
  const session = store.get(id)
  if (session !== undefined) store.keepChanged(withOverrides(session, changes))
}

describe('a session', () => {
  it('is not remembered before it is kept, and makes no file', async () => {
    const store = open()
    store.open(told('a'))
    expect(store.find(told('a'))).toBeUndefined()
    store.close()
    expect(await readdir(folder)).toEqual([])
  })

  it('outlives the program, with all that was said in it', () => {
    const store = open()
    const id = put(store, 'a')
    change(store, id, { oneOff: 'x:y', routes: { r: { policy: 'km', elements: ['a:b'] } }, params: { temperature: 1 } })
    store.count(
      id,
      { failed: false, input: 10, output: 5, cost: 0.5, model: 'b:m' },
      { asked: 'm', protocol: 'anthropic' },
    )
    const before = store.get(id)
    store.close()
    const again = open()
    expect(again.find(told('a'))).toEqual(before)
    expect(again.list()).toHaveLength(1)
  })

  it('is used up by one turn where it says so', () => {
    const store = open()
    const id = put(store, 'a')
    change(store, id, { oneOff: 'x:y' })
    expect(store.takeOneOff(id)).toBe('x:y')
    expect(store.takeOneOff(id)).toBeUndefined()
    expect(store.get(id)?.overrides).toEqual({ model: 'm' })
  })

  it('is another when a conversation begins with the same words, and the newer one is found', () => {
    const store = open()
    const old = put(store, 'a')
    const begun = store.open({ ...told('a'), from: 'conversation', isStart: true })
    expect(begun.id).not.toBe(old)
    store.keep(begun)
    expect(store.find(told('a'))?.id).toBe(begun.id)
    expect(store.named(old, '')?.id).toBe(old)
  })

  it('adds up what its turns used, tells what is not priced apart, and writes it when the program ends', () => {
    const store = open()
    const id = put(store, 'a')
    const used = { failed: false, input: 10, output: 5 }
    store.count(id, { ...used, cost: 0.25, model: 'b:m' }, { asked: 'm', protocol: 'anthropic' })
    store.count(id, { ...used, cost: 'unpriced', model: 'c:m' }, { asked: 'n', protocol: 'anthropic' })
    store.count(id, { ...used, cost: 'subscription', model: 'b:m' })
    store.count(id, { failed: true })
    store.close()
    expect(open().get(id)).toMatchObject({
      last: { asked: 'n', protocol: 'anthropic' },
      usage: {
        turns: 4,
        errors: 1,
        input: 30,
        output: 15,
        cost: 0.25,
        unpriced: 1,
        covered: 1,
        models: ['b:m', 'c:m'],
      },
    })
  })

  it('stays forgotten when another process forgets it while figures of it wait to be written', () => {
    const store = open()
    const [a, b] = [put(store, 'a'), put(store, 'b')]
    store.close()
    const running = open()
    running.count(a, { failed: false, input: 1 })
    running.count(b, { failed: false, input: 1 })
    const other = open()
    other.forget(a)
    other.close()
    running.close()
    expect(open().list()).toMatchObject([{ id: b, usage: { turns: 1, input: 1 } }])
  })

  it('is nobody’s but its owner’s', () => {
    const store = open()
    const id = put(store, 'a', 'm', 'me')
    expect(store.named(id, 'me')?.id).toBe(id)
    expect(store.named(id, 'you')).toBeUndefined()
  })

  it('is forgotten for good, also when another process says so', () => {
    const store = open()
    const [a, b] = [put(store, 'a'), put(store, 'b')]
    expect(store.forget(a)).toBe(true)
    expect(store.forget(a)).toBe(false)
    store.close()
    const running = open()
    expect(running.list().map(({ id }) => id)).toEqual([b])
    const other = open()
    other.forget(b)
    other.close()
    expect(running.find(told('b'))).toBeUndefined()
  })
})

describe('the store', () => {
  it('forgets what nobody goes on with, and those not seen for longest when they are too many', () => {
    const store = open(2)
    put(store, 'a')
    now += DAY
    put(store, 'b')
    now += DAY
    put(store, 'c')
    store.close()
    const again = open(2)
    expect(again.list().map(({ key }) => key)).toEqual(['c', 'b'])
    now += 29.5 * DAY
    expect(again.list().map(({ key }) => key)).toEqual(['c'])
    now += DAY
    expect(again.find(told('c'))).toBeUndefined()
  })

  it('says whether a turn without an id could belong to a session that changes something', () => {
    const store = open()
    put(store, 'a')
    expect(store.mayConcern('')).toBe(false)
    store.keep(store.open(told('c', 'me', 'conversation')))
    expect(store.mayConcern('me')).toBe(false)
    store.keep(withOverrides(store.open(told('c', 'me', 'conversation')), { model: 'm' }))
    expect(store.mayConcern('me')).toBe(true)
    expect(store.mayConcern('you')).toBe(false)
  })

  it('knows every way in which commands begin', () => {
    const store = open()
    const id = put(store, 'a')
    expect(store.prefixes()).toEqual([])
    change(store, id, { prefix: '%/', formerPrefixes: ['!/'] })
    expect(store.prefixes()).toEqual(['%/', '!/'])
  })

  it('puts a broken file aside, says so, and goes on', async () => {
    await writeFile(join(folder, 'sessions.db'), 'no database '.repeat(1000))
    const store = open()
    const id = put(store, 'a')
    expect(failures).toHaveLength(1)
    store.close()
    expect(await readdir(folder)).toContain('sessions.db.broken')
    expect(open().get(id)?.overrides).toEqual({ model: 'm' })
  })

  it('goes on in memory where there can be no file', async () => {
    await writeFile(join(folder, 'file'), '')
    const store = open(100, join(folder, 'file', 'sessions.db'))
    const id = put(store, 'a')
    store.close()
    expect(failures).not.toEqual([])
    expect(store.get(id)?.overrides).toEqual({ model: 'm' })
  })
})

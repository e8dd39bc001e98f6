import type { Codec, Crossing } from './codec.ts'

/** What the preload's world can do through its end of the bridge. */
export interface Bridge {
  readonly expose: (key: string, api: unknown) => void
}

/**
 * One end of the bridge between a page's two worlds, for `contextBridge`. The worlds share the document and no object, as
 * in Electron; DOM events reach the other world before `dispatchEvent` returns, so calls over the bridge may return plain
 * values and throw. `secret` names the events, and no page knows it. Both worlds get this function's source, so it refers
 * to nothing outside itself.
 */
export function bridgeEnd(secret: string, side: 'page' | 'preload', makeCodec: (crossing: Crossing) => Codec): Bridge {
  const world = globalThis as unknown as EventTarget & Record<string, unknown>
  // Taken now, before a script of the page can put its own in their place.
  const dispatch = world.dispatchEvent.bind(world)
  const Message = CustomEvent
  const { stringify, parse } = JSON
  const otherSide = side === 'page' ? 'preload' : 'page'

  const functions = new Map<number, (...args: unknown[]) => unknown>()
  const ids = new Map<unknown, number>()
  const unsettled = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>()
  let lastId = 0
  let answer: Answer | undefined

  type Answer = { readonly ok: boolean; readonly value: unknown }
  type Told =
    | { readonly kind: 'call'; readonly id: number; readonly args: unknown }
    | { readonly kind: 'expose'; readonly key: string; readonly api: unknown }
    | { readonly kind: 'settle'; readonly id: number; readonly ok: boolean; readonly value: unknown }
    | ({ readonly kind: 'answer' } & Answer)

  const codec = makeCodec({
    fromFunction: value => {
      const id = ids.get(value) ?? ++lastId
      ids.set(value, id)
      functions.set(id, value)
      return id
    },
    toFunction:
      id =>
      (...args: unknown[]) =>
        ask({ kind: 'call', id, args: codec.encode(args) }),
    fromPromise: promise => {
      const id = ++lastId
      const settle = (ok: boolean) => (value: unknown) => tell({ kind: 'settle', id, ok, value: codec.encode(value) })
      promise.then(settle(true), settle(false))
      return id
    },
    toPromise: id => new Promise((resolve, reject) => unsettled.set(id, { resolve, reject })),
  })

  world.addEventListener(`${secret}:${side}`, event => {
    const told = parse((event as CustomEvent<string>).detail) as Told
    switch (told.kind) {
      case 'answer':
        answer = told
        break
      case 'settle': {
        const promise = unsettled.get(told.id)
        unsettled.delete(told.id)
        if (told.ok) promise?.resolve(codec.decode(told.value))
        else promise?.reject(codec.decode(told.value))
        break
      }
      case 'call':
        reply(() => functions.get(told.id)?.(...(codec.decode(told.args) as unknown[])))
        break
      case 'expose':
        reply(() => bind(told.key, codec.decode(told.api)))
        break
    }
  })

  function tell(message: Told) {
    dispatch(new Message(`${secret}:${otherSide}`, { detail: stringify(message) }))
  }

  function ask(message: Told): unknown {
    answer = undefined
    tell(message)
    const given = answer as Answer | undefined
    answer = undefined
    if (given === undefined) throw new Error('electron-host: the other world did not answer')
    if (!given.ok) throw codec.decode(given.value)
    return codec.decode(given.value)
  }

  function reply(work: () => unknown) {
    let given: Answer
    try {
      given = { ok: true, value: codec.encode(work()) }
    } catch (error) {
      given = { ok: false, value: codec.encode(error) }
    }
    tell({ kind: 'answer', ...given })
  }

  function bind(key: string, api: unknown) {
    if (Object.hasOwn(world, key)) {
      throw new Error('Cannot bind an API on top of an existing property on the window object')
    }
    Object.defineProperty(world, key, { value: frozen(api), enumerable: true })
  }

  function frozen(value: unknown): unknown {
    if (value === null || typeof value !== 'object' || value instanceof Promise || ArrayBuffer.isView(value))
      return value
    Object.values(value).forEach(frozen)
    return Object.freeze(value)
  }

  return { expose: (key, api) => void ask({ kind: 'expose', key, api: codec.encode(api) }) }
}

/** A function or a promise, of which only a number can cross; who makes a codec says how, or that it cannot. */
export interface Crossing {
  readonly fromFunction?: (value: (...args: unknown[]) => unknown) => number
  readonly toFunction?: (id: number) => unknown
  readonly fromPromise?: (value: Promise<unknown>) => number
  readonly toPromise?: (id: number) => unknown
}

export interface Codec {
  /** The value as JSON. Throws as Electron does for what the structured clone algorithm does not take. */
  readonly encode: (value: unknown) => unknown
  readonly decode: (wire: unknown) => unknown
}

/**
 * Values between the page's worlds and the main process, as the structured clone algorithm passes them, in JSON: what JSON
 * has no word for is `{ $: tag, v: value }`. Cyclic values are refused. The page gets this function's source, so it refers
 * to nothing outside itself.
 */
export function makeCodec(crossing: Crossing = {}): Codec {
  const views = [
    ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
    ...['Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView'],
  ]

  function encode(value: unknown, holders: readonly unknown[] = []): unknown {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value
      case 'undefined':
        return tagged('undefined')
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : tagged('number', Object.is(value, -0) ? '-0' : String(value))
      case 'bigint':
        return tagged('bigint', String(value))
      case 'symbol':
        throw notCloneable()
      case 'function':
        if (crossing.fromFunction === undefined) throw notCloneable()
        return tagged('function', crossing.fromFunction(value as (...args: unknown[]) => unknown))
      case 'object':
        if (value === null) return null
        if (holders.includes(value)) throw new Error('electron-host does not pass cyclic values')
        return encodeObject(value, [...holders, value])
    }
  }

  function encodeObject(value: object, holders: readonly unknown[]): unknown {
    const inner = (item: unknown) => encode(item, holders)
    // By name, because a value of the other world is no instance of this world's classes.
    const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
    if (Array.isArray(value)) return value.map(inner)
    if (views.includes(kind)) {
      const { buffer, byteOffset, byteLength } = value as ArrayBufferView
      return tagged('bytes', [kind, toBase64(new Uint8Array(buffer, byteOffset, byteLength))])
    }
    switch (kind) {
      case 'ArrayBuffer':
        return tagged('bytes', [kind, toBase64(new Uint8Array(value as ArrayBuffer))])
      case 'Date':
        return tagged('date', Number(value))
      case 'RegExp':
        return tagged('regexp', [(value as RegExp).source, (value as RegExp).flags])
      case 'Map':
        return tagged(
          'map',
          [...(value as Map<unknown, unknown>)].map(pair => pair.map(inner)),
        )
      case 'Set':
        return tagged('set', [...(value as Set<unknown>)].map(inner))
      case 'Error': {
        const { name, message, stack } = value as Error
        return tagged('error', [name, message, stack])
      }
      case 'Promise':
        if (crossing.fromPromise === undefined) throw notCloneable()
        return tagged('promise', crossing.fromPromise(value as Promise<unknown>))
      case 'WeakMap':
      case 'WeakSet':
        throw notCloneable()
      default:
        return tagged(
          'object',
          Object.entries(value).map(([key, item]) => [key, inner(item)]),
        )
    }
  }

  function decode(wire: unknown): unknown {
    if (wire === null || typeof wire !== 'object') return wire
    if (Array.isArray(wire)) return wire.map(decode)
    const { $: tag, v: value } = wire as { readonly $: string; readonly v: never }
    switch (tag) {
      case 'undefined':
        return undefined
      case 'number':
        return Number(value)
      case 'bigint':
        return BigInt(value)
      case 'date':
        return new Date(value)
      case 'regexp':
        return new RegExp(value[0], value[1])
      case 'map':
        return new Map(decode(value) as [unknown, unknown][])
      case 'set':
        return new Set(decode(value) as unknown[])
      case 'error':
        return Object.assign(new Error(value[1]), { name: value[0], stack: value[2] })
      case 'bytes':
        return toBytes(value[0], value[1])
      case 'function':
        return crossing.toFunction?.(value)
      case 'promise':
        return crossing.toPromise?.(value)
      case 'object':
        return Object.fromEntries((value as [string, unknown][]).map(([key, item]) => [key, decode(item)]))
      default:
        throw new Error(`electron-host: ${tag} on the wire`)
    }
  }

  function tagged(tag: string, value?: unknown) {
    return { $: tag, v: value }
  }

  function notCloneable() {
    return new Error('An object could not be cloned.')
  }

  function toBase64(bytes: Uint8Array): string {
    let binary = ''
    // In slices, because each byte is an argument of the call.
    for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(binary)
  }

  function toBytes(kind: string, base64: string): unknown {
    const { buffer } = Uint8Array.from(atob(base64), char => char.charCodeAt(0))
    if (kind === 'ArrayBuffer') return buffer
    const View = (globalThis as unknown as Record<string, new (buffer: ArrayBufferLike) => unknown>)[kind]
    return View === undefined ? undefined : new View(buffer)
  }

  return { encode: value => encode(value), decode }
}

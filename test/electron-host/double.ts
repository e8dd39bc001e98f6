import { EventEmitter } from 'node:events'

/*
 * What all doubles of Electron's modules are made with.
 */

/**
 * Some of the members of Electron's `T`, each as Electron types it, so that the compiler compares the doubles with the
 * real thing. Left out are events, which Node's emitter carries, and members that are doubles themselves (`Doubled`).
 */
export type PartOf<T, Doubled extends keyof T = never> = Partial<Omit<T, keyof EventEmitter | Doubled>> & {
  readonly [Member in Doubled]?: unknown
}

/** The double, except that asking it for what it lacks throws: a test must not pass on an accidental `undefined`. */
export function loud<T extends object>(name: string, double: T): T {
  return new Proxy(double, {
    get(target, key, receiver) {
      if (key in target || typeof key === 'symbol' || askedByTools.has(key)) {
        return Reflect.get(target, key, receiver) as unknown
      }
      throw new Error(`electron-host has no ${name}.${key}`)
    },
  })
}

/** Names that promises, serialisers, loggers and the inspector look for on any object. */
const askedByTools = new Set(['then', 'toJSON', 'constructor', 'inspect', 'nodeType', '__esModule'])

/** An event emitter that also has these members; getters and setters stay what they are. */
export function emitterWith<T extends object>(members: T): EventEmitter & T {
  const emitter = new EventEmitter().setMaxListeners(0)
  return Object.defineProperties(emitter, Object.getOwnPropertyDescriptors(members)) as EventEmitter & T
}

export type Preventable<T> = T & { readonly defaultPrevented: boolean; readonly preventDefault: () => void }

/** The first argument of an Electron event, by which a listener may prevent what would come next. */
export function preventable<T extends object>(details: T): Preventable<T>
export function preventable(): Preventable<object>
export function preventable(details: object = {}) {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true
    },
  }
  return event
}

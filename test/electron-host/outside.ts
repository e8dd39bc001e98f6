import type { Notification } from './desktop/notification.ts'

/*
 * What the app under test did to the world outside of it, which here is only written down. Tests read it in the main
 * process, as `globalThis.electronHost`; code that is also to run on a real Electron replaces the API's functions instead.
 */

export interface Outside {
  /** Addresses, files and folders handed to the desktop to open. */
  readonly opened: string[]
  /** Those shown; a test may click one by its `emit`. */
  readonly notifications: Notification[]
  readonly dialogs: { readonly kind: string; readonly options: unknown }[]
  /** Addresses beyond loopback that a page asked for; each was answered as if there were no network. */
  readonly blocked: string[]
}

export const outside: Outside = { opened: [], notifications: [], dialogs: [], blocked: [] }

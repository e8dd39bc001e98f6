import { EventEmitter } from 'node:events'
import { preventable, type PartOf } from '../double.ts'
import { outside } from '../outside.ts'

/** The double of Electron's Notification: told to nobody, written down. */
export class Notification extends EventEmitter implements PartOf<Electron.Notification> {
  title: string
  body: string
  silent: boolean

  static isSupported() {
    return true
  }

  constructor({ title = '', body = '', silent = false }: Electron.NotificationConstructorOptions = {}) {
    super()
    this.title = title
    this.body = body
    this.silent = silent
  }

  show() {
    outside.notifications.push(this)
    queueMicrotask(() => this.emit('show', preventable()))
  }

  close() {
    this.emit('close', preventable())
  }
}

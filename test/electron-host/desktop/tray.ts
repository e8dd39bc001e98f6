import { EventEmitter } from 'node:events'
import type { PartOf } from '../double.ts'
import { life } from '../life/app.ts'
import { Menu } from './menu.ts'
import { toImage, type NativeImage } from './native-image.ts'

/**
 * The double of Electron's Tray. It checks what it is given and shows nothing; Electron has no way to read a tray back
 * either, so tests watch its methods (`test/support/tray-spy.cjs`) on both.
 */
export class Tray
  extends EventEmitter
  implements PartOf<Electron.Tray, 'setImage' | 'setContextMenu' | 'popUpContextMenu'>
{
  readonly #guid: string | undefined
  #title = ''
  #menu: Menu | null = null
  #destroyed = false

  constructor(image: NativeImage | string, guid?: string) {
    super()
    if (!life.ready) throw new Error('Cannot create Tray before app is ready')
    toImage(image)
    this.#guid = guid
  }

  setImage(image: NativeImage | string) {
    this.#mustLive()
    toImage(image)
  }

  setPressedImage() {
    this.#mustLive()
  }

  setToolTip(text: string) {
    this.#mustLive()
    if (typeof text !== 'string') throw new TypeError('a tooltip must be a string')
  }

  setTitle(title: string) {
    this.#mustLive()
    this.#title = title
  }

  getTitle() {
    return this.#title
  }

  setContextMenu(menu: Menu | null) {
    this.#mustLive()
    if (menu !== null && !(menu instanceof Menu)) throw new TypeError('setContextMenu needs a Menu')
    this.#menu = menu
  }

  popUpContextMenu(menu = this.#menu) {
    this.#mustLive()
    menu?.popup()
  }

  closeContextMenu() {
    this.#menu?.closePopup()
  }

  setIgnoreDoubleClickEvents() {
    this.#mustLive()
  }

  getIgnoreDoubleClickEvents() {
    return false
  }

  getBounds() {
    return { x: 0, y: 0, width: 22, height: 22 }
  }

  getGUID() {
    return this.#guid ?? null
  }

  isDestroyed() {
    return this.#destroyed
  }

  destroy() {
    this.#destroyed = true
  }

  #mustLive() {
    if (this.#destroyed) throw new TypeError('Tray is destroyed')
  }
}

import { readFileSync } from 'node:fs'
import { loud, type PartOf } from '../double.ts'

/** The double of Electron's NativeImage: the bytes of a PNG and the size that their header tells. */
export class NativeImage implements PartOf<Electron.NativeImage, 'resize' | 'crop'> {
  isMacTemplateImage = false
  readonly #bytes: Buffer
  readonly #size: Electron.Size

  constructor(bytes: Buffer, size = pngSize(bytes)) {
    this.#bytes = bytes
    this.#size = size
  }

  isEmpty() {
    return this.#bytes.length === 0
  }

  toPNG() {
    return this.#bytes
  }

  toDataURL() {
    return `data:image/png;base64,${this.#bytes.toString('base64')}`
  }

  getSize() {
    return { ...this.#size }
  }

  getAspectRatio() {
    return this.#size.height === 0 ? 1 : this.#size.width / this.#size.height
  }

  getScaleFactors() {
    return [1]
  }

  addRepresentation() {
    return undefined
  }

  resize({ width, height }: Electron.ResizeOptions) {
    const ratio = this.getAspectRatio()
    return new NativeImage(this.#bytes, {
      width: width ?? Math.round((height ?? this.#size.height) * ratio),
      height: height ?? Math.round((width ?? this.#size.width) / ratio),
    })
  }

  setTemplateImage(is: boolean) {
    this.isMacTemplateImage = is
  }

  isTemplateImage() {
    return this.isMacTemplateImage
  }
}

export const nativeImage = loud('nativeImage', {
  createEmpty: () => new NativeImage(Buffer.alloc(0)),
  createFromBuffer: (bytes: Buffer) => new NativeImage(bytes),
  createFromPath: (path: string) => new NativeImage(bytesOf(path)),
  createFromDataURL: (url: string) => new NativeImage(Buffer.from(url.split(',')[1] ?? '', 'base64')),
})

/** What is given for a tray's or a menu's image; a path that is none is refused, as by Electron. */
export function toImage(given: NativeImage | string): NativeImage {
  if (given instanceof NativeImage) return given
  const image = nativeImage.createFromPath(given)
  if (image.isEmpty()) throw new Error(`Failed to load image from path '${given}'`)
  return image
}

function bytesOf(path: string) {
  try {
    return readFileSync(path)
  } catch {
    // Electron gives an empty image for a file that it cannot read.
    return Buffer.alloc(0)
  }
}

function pngSize(bytes: Buffer): Electron.Size {
  const isPng = bytes.length > 24 && bytes.readUInt32BE(0) === 0x89504e47
  return isPng ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : { width: 0, height: 0 }
}

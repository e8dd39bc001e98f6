import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** A folder that looks like a checkout of ours to the scripts that prepare one, made of the files that a test names. */
export interface Checkout {
  readonly root: string
  /** Writes files, by path from the root. A name that ends in `.sh` or has no dot in it may be executed. */
  readonly write: (files: Readonly<Record<string, string>>) => void
  readonly remove: (path: string) => void
  readonly [Symbol.dispose]: () => void
}

export function makeCheckout(files: Readonly<Record<string, string>>): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'checkout-'))
  const write = (more: typeof files) => {
    for (const [path, content] of Object.entries(more)) {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content, { mode: 0o755 })
    }
  }
  write(files)
  return {
    root,
    write,
    remove: path => {
      rmSync(join(root, path), { recursive: true })
    },
    [Symbol.dispose]: () => {
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** Copies files of the real checkout into one that a test made. */
export function copyInto(checkout: Checkout, paths: readonly string[]) {
  for (const path of paths) cpSync(resolve(import.meta.dirname, '../..', path), join(checkout.root, path))
}

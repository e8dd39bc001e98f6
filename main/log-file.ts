import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'

export interface LogFileOptions {
  readonly folder: string
  /** Where lines go that can't be written to the file. */
  readonly otherwise: NodeJS.WritableStream
  /** A file that has grown past this many bytes is put aside. */
  readonly fileBytes?: number
}

const FILE_BYTES = 5 * 2 ** 20
/** Files that are kept, the current one among them. */
const KEPT_FILES = 5

/** A log in a folder of files, `app.log` and those put aside before it, `app.1.log` the youngest; together they stay small. */
export function createLogFile({ folder, otherwise, fileBytes = FILE_BYTES }: LogFileOptions): Writable {
  const file = (age: number) => join(folder, age === 0 ? 'app.log' : `app.${age}.log`)
  let size: number | undefined

  async function write(lines: Buffer) {
    size ??= await begin()
    if (size > 0 && size + lines.length > fileBytes) {
      await putAside()
      size = 0
    }
    await appendFile(file(0), lines, { mode: 0o600 })
    size += lines.length
  }

  async function begin(): Promise<number> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return stat(file(0)).then(
      found => found.size,
      () => 0,
    )
  }

  async function putAside() {
    for (let age = KEPT_FILES - 2; age >= 0; age--) await rename(file(age), file(age + 1)).catch(unlessMissing)
  }

  return new Writable({
    writev(chunks, done) {
      const lines = Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer))
      write(lines)
        .catch(() => {
          // Whatever it was may be over the next time: a full disk, a folder that was removed.
          size = undefined
          otherwise.write(lines)
        })
        .finally(() => done())
    },
  })
}

function unlessMissing(error: NodeJS.ErrnoException) {
  if (error.code !== 'ENOENT') throw error
}

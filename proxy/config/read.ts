import { readFile, stat } from 'node:fs/promises'
import { ConfigError } from './problems.ts'

const MOST_BYTES = 1_000_000

/**
 * The text of a config file, without a byte order mark; nothing if there is no such file.
 * Throws a ConfigError for a folder, a file of another kind, one over 1 MB, one that may not be read, one not in UTF-8.
 */
export async function readText(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file)
    if (found.isDirectory()) throw refused(file, 'is a folder', 'name the file in it')
    // Opening a pipe would wait for its writer for ever.
    if (!found.isFile()) throw refused(file, 'is not a regular file')
    if (found.size > MOST_BYTES) throw refused(file, 'is over 1 MB, which no config file needs to be')
    return decode(await readFile(file), file)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    if (codeOf(error) === 'ENOENT') return undefined
    throw refused(file, `can't be read: ${reasonOf(error)}`, undefined, error)
  }
}

/** What the system has against reading or writing a file, in words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  return reasons[code] ?? code
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'a part of its path is not a folder',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'its name holds a zero byte',
}

/** Notepad and PowerShell on Windows write UTF-16 unless told otherwise. */
function decode(bytes: Buffer, file: string): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (utf16) throw refused(file, 'is in UTF-16', 'save it as UTF-8')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw refused(file, 'is not text in UTF-8', 'save it as UTF-8', error)
  }
}

function refused(file: string, message: string, suggestion?: string, cause?: unknown): ConfigError {
  return new ConfigError([{ file, message, suggestion }], cause === undefined ? undefined : { cause })
}

import { createHash } from 'node:crypto'

/** Tells texts apart without showing them: the first hex digits of their SHA-256. */
export function digest(text: string, digits = 12): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}

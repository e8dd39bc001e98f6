import { randomInt } from 'node:crypto'

/** Crockford's base 32: sorts as the numbers do, and has no letters that are taken for digits. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * Makes ids of 26 characters in ULID's form: ten of time, six of a counter and ten that tell this maker from others. They
 * sort by time, and within a millisecond by the order they were made in. They are names, not secrets.
 */
export function createTurnIds(): (at: number) => string {
  const maker = Array.from({ length: 10 }, () => digits.charAt(randomInt(32))).join('')
  let count = 0
  let lastAt = -1
  let lastPrefix = ''

  return at => {
    if (at !== lastAt) {
      lastAt = at
      lastPrefix = idFloor(at)
    }
    count = (count + 1) % 32 ** 6
    return lastPrefix + base32(count, 6) + maker
  }
}

/** What sorts before every id made at `at` (milliseconds since 1970) or later, and after every earlier one. */
export function idFloor(at: number): string {
  return base32(at, 10)
}

function base32(value: number, length: number): string {
  let text = ''
  let rest = Math.floor(value)
  for (let i = 0; i < length; i++) {
    text = digits.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

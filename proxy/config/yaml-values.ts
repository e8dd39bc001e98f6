import { isSection } from './key.ts'

/** How values are written in YAML. */

/** Entries as lines of their own, without a line break at the end. */
export function inBlock(entries: Record<string, unknown>, column: number, newline: string): string {
  return Object.entries(entries)
    .map(([name, value]) => {
      const start = `${' '.repeat(column)}${inLine(name)}:`
      if (isListOfSections(value)) {
        return [start, ...value.map(item => itemInBlock(item, column + 2, newline))].join(newline)
      }
      const hasLines = isSection(value) && Object.keys(value).length > 0
      return hasLines ? start + newline + inBlock(value, column + 2, newline) : `${start} ${inLine(value)}`
    })
    .join(newline)
}

/** An item of a list as lines of its own, the same way. */
export function itemInBlock(item: unknown, column: number, newline: string): string {
  const hasLines = isSection(item) && Object.keys(item).length > 0
  return `${' '.repeat(column)}- ${hasLines ? inBlock(item, column + 2, newline).trimStart() : inLine(item)}`
}

/** A list that is written with each item in lines of its own. */
export function isListOfSections(value: unknown): value is readonly Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isSection)
}

/** A value in a line. What may be taken for something other than text is put in quotes, which are JSON's. */
export function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`
  if (isSection(value)) {
    const entries = Object.entries(value).map(([name, inner]) => `${inLine(name)}: ${inLine(inner)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  const isPlain = typeof value === 'string' && /^[\w/][\w./@+-]*(:[\w./@+-]+)*$/.test(value)
  return isPlain && Number.isNaN(Number(value)) && !/^(true|false|null|yes|no|on|off)$/i.test(value)
    ? value
    : JSON.stringify(value)
}

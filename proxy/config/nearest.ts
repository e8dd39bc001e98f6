/**
 * The known word that was probably meant, or nothing where none is near. Case and separators don't count
 * (`defaultBackend` is `default_backend`); otherwise a slip in three letters is forgiven, three at most.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const meant = plain(word)
  let best: string | undefined
  let fewest = Math.min(3, Math.ceil(meant.length / 3)) + 1
  for (const candidate of known) {
    const other = plain(candidate)
    if (Math.abs(other.length - meant.length) >= fewest) continue
    const slips = editDistance(meant, other)
    if (slips < fewest) {
      fewest = slips
      best = candidate
    }
  }
  return best
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_.\s]/g, '')
}

/** Letters to add, drop, change or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const changed = at(last, j - 1) + (same ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(changed, at(last, j) + 1, at(row, j - 1) + 1, swapped ? at(beforeLast, j - 2) + 1 : Infinity)
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}

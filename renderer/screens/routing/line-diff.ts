/** A line of one text or both. */
export interface DiffLine {
  readonly type: 'same' | 'added' | 'removed'
  readonly line: string
}

/** What turns one text into another, line by line, with as many lines kept as can be. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  // Most of a text stays, and comparing every line with every other would take its time.
  const head = countSame(old, now)
  const tail = countSame(old.slice(head).reverse(), now.slice(head).reverse())
  const middle = diffOf(old.slice(head, old.length - tail), now.slice(head, now.length - tail))
  const same = (lines: readonly string[]) => lines.map((line): DiffLine => ({ type: 'same', line }))
  return [...same(now.slice(0, head)), ...middle, ...same(now.slice(now.length - tail))]
}

function countSame(old: readonly string[], now: readonly string[]): number {
  const first = now.findIndex((line, at) => line !== old[at])
  return first === -1 ? now.length : first
}

function diffOf(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  const kept = keptLines(old, now)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    const [was, is] = [old[i], now[j]]
    if (was !== undefined && was === is) {
      lines.push({ type: 'same', line: was })
      i++
      j++
    } else if (was !== undefined && (is === undefined || (kept[i + 1]?.[j] ?? 0) >= (kept[i]?.[j + 1] ?? 0))) {
      lines.push({ type: 'removed', line: was })
      i++
    } else {
      lines.push({ type: 'added', line: is ?? '' })
      j++
    }
  }
  return lines
}

/** For every two places, how many lines the rests of both texts have in common, in order. */
function keptLines(old: readonly string[], now: readonly string[]): readonly (readonly number[])[] {
  const kept = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0))
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const [row, below] = [kept[i], kept[i + 1]]
      if (row === undefined || below === undefined) continue
      row[j] = old[i] === now[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return kept
}

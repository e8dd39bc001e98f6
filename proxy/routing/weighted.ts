/**
 * The items in an order drawn by their weights: each next one is drawn among those that are left, so that going on after a
 * failure is the same as drawing again without the one that failed.
 */
export function drawn<T>(items: readonly T[], weightOf: (item: T) => number, random: () => number): T[] {
  const left = [...items]
  const order: T[] = []
  while (left.length > 0) {
    const total = left.reduce((sum, item) => sum + weightOf(item), 0)
    let point = random() * total
    const index = left.findIndex(item => (point -= weightOf(item)) < 0)
    order.push(...left.splice(index === -1 ? left.length - 1 : index, 1))
  }
  return order
}

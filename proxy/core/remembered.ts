/**
 * The same as `find`, which is asked once for each key. Keys may come from outside: when there are `most` of them, all are
 * forgotten and it begins anew.
 */
export function remembered<T>(find: (key: string) => T, most: number): (key: string) => T {
  const found = new Map<string, { readonly value: T }>()
  return key => {
    const known = found.get(key)
    if (known !== undefined) return known.value
    const value = find(key)
    if (found.size >= most) found.clear()
    found.set(key, { value })
    return value
  }
}

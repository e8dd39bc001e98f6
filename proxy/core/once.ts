/** The same as `make`, which is called when it is first asked for and not again, unless it threw. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** What is known of a thing that is asked for: nothing yet, that there is none, why it did not come, or all of it. */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'missing' }
  | { readonly state: 'failed'; readonly message: string }
  | { readonly state: 'loaded'; readonly detail: T }

/** Waits for what is asked for, `null` where there is none; never fails. */
export function loadedFrom<T>(asked: Promise<T | null>): Promise<Loaded<T>> {
  return asked.then(
    detail => (detail === null ? { state: 'missing' } : { state: 'loaded', detail }),
    (error: unknown) => ({ state: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
}

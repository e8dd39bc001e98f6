import { toast } from 'sonner'
import { isAway, useConnection } from './stores/connection.ts'
import { text } from './text/text.ts'

/** Does what a person asked for, and says so where it fails, unless the window says already that the app is away. Gives nothing then. */
export async function attempt<T>(doing: Promise<T>): Promise<T | undefined> {
  try {
    const done = await doing
    if (isRefusal(done)) {
      toast.error(done.reason)
      return undefined
    }
    return done
  } catch (error) {
    if (isAway(useConnection.getState())) return undefined
    toast.error(text.failed(error instanceof Error ? error.message : String(error)))
    return undefined
  }
}

function isRefusal(value: unknown): value is { readonly ok: false; readonly reason: string } {
  return typeof value === 'object' && value !== null && 'ok' in value && value.ok === false && 'reason' in value
}

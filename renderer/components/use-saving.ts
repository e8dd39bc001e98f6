import { useState } from 'react'

/** What comes of something that is saved: it was taken, or why it was not. */
type Saved = { readonly ok: true } | { readonly ok: false; readonly reason: string }

export interface Saving {
  readonly refusal: string | undefined
  readonly isSaving: boolean
  readonly save: () => void
  /** Takes the refusal back. */
  readonly forgive: () => void
}

/** Saves when it is told to. What was taken calls `taken`; until then it tells why it was not, and whether it is at it. */
export function useSaving(save: () => Promise<Saved>, taken: () => void): Saving {
  const [refusal, setRefusal] = useState<string>()
  const [isSaving, setSaving] = useState(false)

  async function run() {
    setSaving(true)
    try {
      const done = await save()
      if (done.ok) taken()
      else setRefusal(done.reason)
    } catch (error) {
      setRefusal((error as Error).message)
    } finally {
      setSaving(false)
    }
  }

  return { refusal, isSaving, save: () => void run(), forgive: () => setRefusal(undefined) }
}

import { useEffect, useState } from 'react'
import { call } from '../../bridge.ts'
import { asked, type NewKey, type Place } from './new-keys.ts'

/** Where new keys would go, in their order; asked anew whenever their backends or the way they are added change. */
export function usePlaces(keys: readonly NewKey[], beside: boolean): readonly (Place | undefined)[] {
  const question = JSON.stringify(asked(keys, beside))
  const [told, setTold] = useState<{ readonly question: string; readonly places: readonly Place[] }>()
  useEffect(() => {
    let isWanted = true
    // Where it can't be told, saving says why.
    call('keys.plan', { keys: JSON.parse(question) as ReturnType<typeof asked> }).then(
      places => isWanted && setTold({ question, places }),
      () => undefined,
    )
    return () => void (isWanted = false)
  }, [question])
  if (told?.question !== question) return []
  const left = [...told.places]
  return keys.map(({ backend }) => (backend === undefined ? undefined : left.shift()))
}

import { useState } from 'react'
import { call } from '../../bridge.ts'
import { useKeys } from '../../stores/keys.ts'
import { asked, type NewKey } from './new-keys.ts'
import type { StoreChoice } from './store-choice.tsx'

/** The keys of an open sheet, for a backend that is given or one that each of them tells by how it begins. */
export function useNewKeys(given: string | undefined) {
  const [keys, setKeys] = useState<readonly NewKey[]>([{ value: '', backend: given, isGuessed: false }])
  const [isSeveral, setSeveral] = useState(false)

  /** The one key is typed. Which backend it is for is guessed until one is chosen. */
  const type = async (value: string) => {
    const isOpen = keys.every(({ backend, isGuessed }) => isGuessed || backend === undefined)
    setKeys(now => now.map(key => ({ ...key, value, refusal: undefined, ...(isOpen && { isGuessed: true }) })))
    if (!isOpen) return
    const backend = await guess(value)
    setKeys(now => now.map(key => (key.value === value && key.isGuessed ? { ...key, backend } : key)))
  }

  const paste = async (values: readonly string[]) => {
    const backends = await Promise.all(values.map(async value => given ?? guess(value)))
    setKeys(values.map((value, at) => ({ value, backend: backends[at], isGuessed: true })))
    setSeveral(true)
  }

  const choose = (of: NewKey, backend: string) =>
    setKeys(keys.map(key => (key === of ? { ...key, backend, isGuessed: false, refusal: undefined } : key)))

  const remove = (of: NewKey) => setKeys(keys.filter(key => key !== of))

  /** Stores them one after the other. Those that are refused stay, each with the reason. Gives how many were stored. */
  const save = async (beside: boolean, { store, passphrase }: StoreChoice): Promise<number> => {
    const refused: NewKey[] = []
    const ways = asked(keys, beside)
    for (const [at, key] of keys.entries()) {
      const way = ways[at]
      if (way === undefined) continue
      const refusal = await refusalOf({
        ...way,
        value: key.value.trim(),
        store,
        ...(store === 'file' ? { passphrase } : {}),
      })
      if (refusal !== undefined) refused.push({ ...key, refusal })
    }
    setKeys(refused)
    return keys.length - refused.length
  }

  return { keys, isSeveral, type, paste, choose, remove, save }
}

async function guess(value: string): Promise<string | undefined> {
  if (value.trim() === '') return undefined
  const { backend } = await call('keys.guess', { value: value.trim() }).catch(() => ({ backend: undefined }))
  return backend
}

async function refusalOf(key: Parameters<ReturnType<typeof useKeys.getState>['add']>[0]): Promise<string | undefined> {
  try {
    const done = await useKeys.getState().add(key)
    return done.ok ? undefined : done.reason
  } catch (error) {
    return (error as Error).message
  }
}

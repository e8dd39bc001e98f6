import { toast } from 'sonner'
import type { KeyRow } from '../../../proxy/app/contract.ts'
import { Confirm } from '../../components/confirm.tsx'
import { useKeys } from '../../stores/keys.ts'
import { text } from '../../text/text.ts'

const words = text.keys

/** Asks before a key goes for good. */
export function RemoveKey({ of: key, onClose }: { readonly of: KeyRow; readonly onClose: () => void }) {
  return (
    <Confirm
      title={words.removeTitle(key.name)}
      hint={key.inUse ? words.removeHint : words.removeHintUnused}
      action={words.remove}
      run={() => useKeys.getState().remove(key.name)}
      done={() => {
        toast(words.removed(key.name))
        onClose()
      }}
      onClose={onClose}
    >
      {key.fingerprint !== undefined && <p className="font-mono text-text-2">…{key.fingerprint}</p>}
    </Confirm>
  )
}

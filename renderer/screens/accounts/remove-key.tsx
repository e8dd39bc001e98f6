import { toast } from 'sonner'
import type { KeyRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { useKeys } from '../../stores/keys.ts'
import { text } from '../../text/text.ts'

const words = text.keys

/** Asks before a key goes for good. */
export function RemoveKey({ of: key, onClose }: { readonly of: KeyRow; readonly onClose: () => void }) {
  const remove = async () => {
    if ((await attempt(useKeys.getState().remove(key.name))) === undefined) return
    toast(words.removed(key.name))
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.removeTitle(key.name)}
      hint={key.inUse ? words.removeHint : words.removeHintUnused}
      actions={
        <>
          <Button onClick={onClose} autoFocus>
            {text.actions.cancel}
          </Button>
          <Button look="danger" onClick={() => void remove()}>
            {words.remove}
          </Button>
        </>
      }
    >
      {key.fingerprint !== undefined && <p className="font-mono text-text-2">…{key.fingerprint}</p>}
    </Dialog>
  )
}

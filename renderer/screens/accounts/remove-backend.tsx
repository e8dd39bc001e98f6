import { toast } from 'sonner'
import type { BackendRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { text } from '../../text/text.ts'

const words = text.accounts.form

/** Asks before a custom backend is taken out of the config file. */
export function RemoveBackend({ of: { id, url }, onClose }: { readonly of: BackendRow; readonly onClose: () => void }) {
  const remove = async () => {
    if ((await attempt(call('backends.remove', { id }))) === undefined) return
    toast(words.removed(id))
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={words.removeTitle(id)}
      hint={words.removeHint}
      actions={
        <>
          <Button onClick={onClose} autoFocus>
            {text.actions.cancel}
          </Button>
          <Button look="danger" onClick={() => void remove()}>
            {text.actions.remove}
          </Button>
        </>
      }
    >
      <p className="font-mono break-all text-text-2">{url}</p>
    </Dialog>
  )
}

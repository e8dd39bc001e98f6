import { toast } from 'sonner'
import type { BackendRow } from '../../../proxy/app/contract.ts'
import { call } from '../../bridge.ts'
import { Confirm } from '../../components/confirm.tsx'
import { text } from '../../text/text.ts'

const words = text.accounts.form

/** Asks before a custom backend is taken out of the config file. */
export function RemoveBackend({ of: { id, url }, onClose }: { readonly of: BackendRow; readonly onClose: () => void }) {
  return (
    <Confirm
      title={words.removeTitle(id)}
      hint={words.removeHint}
      action={text.actions.remove}
      run={() => call('backends.remove', { id })}
      done={() => {
        toast(words.removed(id))
        onClose()
      }}
      onClose={onClose}
    >
      <p className="font-mono break-all text-text-2">{url}</p>
    </Confirm>
  )
}

import { useEffect, useState } from 'react'
import { toast } from 'sonner'
import type { BackendRow, Output } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { Confirm } from '../../components/confirm.tsx'
import { text } from '../../text/text.ts'

const words = text.accounts.form

/** Asks before a custom backend is taken out of the config file, and says what has to let go of it first. */
export function RemoveBackend({ of, onClose }: { readonly of: BackendRow; readonly onClose: () => void }) {
  const { id, url, keys = [] } = of
  const [uses, setUses] = useState<Output<'backends.uses'>>([])
  useEffect(() => {
    void attempt(call('backends.uses', { id })).then(found => setUses(found ?? []))
  }, [id])
  const hasStoredKey = keys.some(({ name, state }) => name.startsWith('keychain:') && state !== 'not-found')
  return (
    <Confirm
      title={words.removeTitle(id)}
      hint={hasStoredKey ? `${words.removeHint} ${words.keyStays}` : words.removeHint}
      action={text.actions.remove}
      isBarred={uses.length > 0}
      run={() => call('backends.remove', { id })}
      done={() => {
        toast(words.removed(id))
        onClose()
      }}
      onClose={onClose}
    >
      <p className="font-mono break-all text-text-2">{url}</p>
      {uses.length > 0 && (
        <div role="status" className="mt-3">
          <p>{words.usedBy}</p>
          <ul className="list-disc pl-5">
            {uses.map(use => (
              <li key={wordOf(use)} className="break-words">
                {wordOf(use)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Confirm>
  )
}

function wordOf(use: Output<'backends.uses'>[number]): string {
  switch (use.kind) {
    case 'default':
      return text.routing.standing.default
    case 'static':
      return text.routing.standing.static
    case 'route':
      return text.routing.routes.named(use.name)
    case 'rule':
      return words.rule(text.routing.rules.numbered(use.at + 1), use.name)
  }
}

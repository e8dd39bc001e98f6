import { RotateCw } from 'lucide-react'
import type { Status } from '../../proxy/app/contract.ts'
import { attempt } from '../attempt.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { ToneIcon } from '../components/state.tsx'
import { closeOverlay, useOverlay } from '../stores/overlay.ts'
import { useSettings } from '../stores/settings.ts'
import { useStatus } from '../stores/status.ts'
import { text } from '../text/text.ts'

const words = text.trouble

/** Why the proxy is not running, and what can be done about it. Nothing where it runs or was stopped. */
export function TroublePanel({ status }: { readonly status: Status }) {
  const { trouble } = status
  if (status.run !== 'failed' || trouble === undefined) return null
  const isAddress = trouble.kind === 'address-taken' || trouble.kind === 'address-denied'
  return (
    <section aria-label={words.title} className="flex gap-3 rounded-card border border-error bg-surface p-4">
      <ToneIcon tone="error" size={18} />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{headline(status)}</p>
        <p className="text-text-2">
          {trouble.kind === 'address-denied'
            ? `${words.deniedHint} ${words.clients}`
            : isAddress
              ? words.clients
              : trouble.message}
        </p>
        <TroubleActions freePort={isAddress ? trouble.freePort : undefined} />
        {isAddress && (
          <details className="mt-3 text-small text-text-2">
            <summary className="w-fit">{words.details}</summary>
            <p className="selectable mt-1 font-mono break-words">{trouble.message}</p>
          </details>
        )}
      </div>
    </section>
  )
}

function TroubleActions({ freePort }: { readonly freePort: number | undefined }) {
  const start = (port?: number) => void attempt(useStatus.getState().start(port).then(closeOverlay))
  const moveTo = async (port: number) => {
    if ((await attempt(useSettings.getState().change('server.port', port))) !== undefined) start()
  }
  return (
    <div className="mt-3 flex flex-wrap gap-2">
      {freePort !== undefined && (
        <>
          <Button look="primary" onClick={() => start(freePort)}>
            {words.useThisTime(freePort)}
          </Button>
          <Button onClick={() => void moveTo(freePort)}>{words.moveTo(freePort)}</Button>
        </>
      )}
      <Button icon={RotateCw} onClick={() => start()}>
        {text.actions.retry}
      </Button>
    </div>
  )
}

function headline({ port, trouble }: Status): string {
  switch (trouble?.kind) {
    case 'address-taken':
      return trouble.holder === undefined
        ? words.taken(port)
        : words.takenBy(port, trouble.holder.name, trouble.holder.pid)
    case 'address-denied':
      return words.denied(port)
    case 'config':
      return words.config
    case 'unknown':
    case undefined:
      return words.unknown
  }
}

/** The same over any screen, from the run control. */
export function TroubleDialog() {
  const isOpen = useOverlay(state => state.open === 'trouble')
  const status = useStatus(state => state.status)
  if (status === undefined) return null
  return (
    <Dialog open={isOpen && status.run === 'failed'} onClose={closeOverlay} title={words.title}>
      <TroublePanel status={status} />
    </Dialog>
  )
}

import { ChevronDown, Copy } from 'lucide-react'
import { Popover } from 'radix-ui'
import { copy, CopyButton } from '../components/copy.tsx'
import { focusInside } from '../components/dialog.tsx'
import { Tip } from '../components/tip.tsx'
import { useStatus } from '../stores/status.ts'
import { text } from '../text/text.ts'
import { baseUrl, frontends } from './frontends.ts'

/** Where clients are pointed at. A click copies it; its arrow lists what to put behind it for each kind of client. */
export function EndpointPill() {
  const url = useStatus(state => state.status?.url)
  if (url === undefined) return <span className="h-7 w-52 rounded-card bg-inset" />
  const words = text.endpoint
  return (
    <div className="flex h-7 min-w-0 shrink rounded-card border border-line bg-surface">
      <Tip label={words.copy}>
        <button
          type="button"
          aria-label={`${words.copy}: ${baseUrl(url)}`}
          onClick={() => void copy(baseUrl(url), words.copied)}
          className="flex min-w-0 items-center gap-2 rounded-l-card pr-2 pl-2.5 transition-colors duration-100 hover:bg-hover"
        >
          <span className="truncate font-mono text-small">{baseUrl(url)}</span>
          <Copy size={13} className="shrink-0 text-text-3" aria-hidden />
        </button>
      </Tip>
      <Popover.Root>
        <Popover.Trigger
          aria-label={words.frontends}
          className="flex w-6 items-center justify-center rounded-r-card border-l border-line text-text-3 transition-colors duration-100 hover:bg-hover"
        >
          <ChevronDown size={13} aria-hidden />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            align="start"
            sideOffset={4}
            collisionPadding={8}
            aria-label={words.frontends}
            // The first button would show its tip over the others.
            onOpenAutoFocus={focusInside}
            className="z-50 w-92 animate-enter rounded-overlay border border-line bg-surface p-3 shadow-lift outline-none"
          >
            <ul className="flex flex-col gap-2">
              {frontends.map(frontend => (
                <li key={frontend.title} className="flex items-center gap-2">
                  <div className="min-w-0 flex-1">
                    <p className="font-semibold">{frontend.title}</p>
                    <code className="block truncate font-mono text-small text-text-2">{url + frontend.path}</code>
                  </div>
                  <CopyButton value={url + frontend.path} label={words.copyFor(frontend.title)} said={words.copied} />
                </li>
              ))}
            </ul>
            <p className="mt-2 border-t border-line pt-2 text-small text-text-3">{words.hint}</p>
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </div>
  )
}

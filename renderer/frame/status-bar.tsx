import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ToneIcon } from '../components/state.tsx'
import { goTo, type ScreenId } from '../stores/place.ts'
import { useStatus } from '../stores/status.ts'
import { useOpenCount } from '../stores/turns.ts'
import { share, tokens } from '../text/format.ts'
import { text } from '../text/text.ts'

/** The day in figures, each the way to the requests behind it. */
export function StatusBar() {
  const status = useStatus(state => state.status)
  const counters = useStatus(state => state.counters)
  const open = useOpenCount()
  const words = text.statusBar
  return (
    <footer
      aria-label={words.label}
      className="col-span-2 flex h-6.5 items-center gap-1 border-t border-line bg-surface px-2 text-caption font-medium whitespace-nowrap text-text-3"
    >
      {counters !== undefined && (
        <>
          <Figure to="traffic" params={{ is: 'open' }}>
            {open > 0 && <ToneIcon tone="live" size={11} />}
            <Value>{text.counts.streams(open)}</Value>
          </Figure>
          <Figure to="traffic">
            {words.today} <Value>{text.counts.requests(counters.turns)}</Value>
          </Figure>
          <Figure to="overview">
            <Value>{tokens(counters.tokensIn)}</Value> {words.in} · <Value>{tokens(counters.tokensOut)}</Value>{' '}
            {words.out}
            {counters.tokensCached > 0 && (
              <span className="max-[700px]:hidden">
                · {words.cached(share(counters.tokensCached / counters.tokensIn))}
              </span>
            )}
          </Figure>
          <Figure to="traffic" params={{ is: 'problems' }}>
            <span className={counters.errors > 0 ? 'flex items-center gap-1 text-error' : undefined}>
              {counters.errors > 0 && <ToneIcon tone="error" size={11} />}
              {text.counts.errors(counters.errors)}
            </span>
          </Figure>
        </>
      )}
      <span className="ml-auto flex items-center gap-1">
        {status?.log.state === 'degraded' && <Warning>{words.log}</Warning>}
        {(status?.configProblems.length ?? 0) > 0 && <Warning>{words.config}</Warning>}
        {status !== undefined && <span className="px-1.5">{status.version}</span>}
      </span>
    </footer>
  )
}

interface FigureProps {
  readonly to: ScreenId
  readonly params?: Readonly<Record<string, string>>
  readonly children: ReactNode
}

function Figure({ to, params = {}, children }: FigureProps) {
  return (
    <button
      type="button"
      onClick={() => goTo(to, params)}
      className="flex h-6 items-center gap-1 rounded-control px-1.5 transition-colors duration-100 hover:bg-hover focus-visible:-outline-offset-2"
    >
      {children}
    </button>
  )
}

function Value({ children }: { readonly children: string }) {
  return <span className="text-text-2">{children}</span>
}

function Warning({ children }: { readonly children: string }) {
  return (
    <button
      type="button"
      onClick={() => goTo('overview')}
      className="flex h-6 items-center gap-1 rounded-control px-1.5 text-warn hover:bg-hover"
    >
      <TriangleAlert size={11} aria-hidden />
      {children}
    </button>
  )
}

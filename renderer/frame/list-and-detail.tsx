import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import { Splitter } from '../components/splitter.tsx'
import { useMedia } from '../stores/media.ts'
import { usePreferences } from '../stores/preferences.ts'
import { text } from '../text/text.ts'

interface ListAndDetailProps {
  /** What the list is of. */
  readonly label: string
  readonly children: ReactNode
  /** What is shown of the chosen row; nothing where none is chosen. */
  readonly detail: ReactNode
}

/** A list with the detail of a row beside it, or below where the window is narrow; the line between them can be moved. */
export function ListAndDetail({ label, children, detail }: ListAndDetailProps) {
  const detailSide = usePreferences(state => state.detailSide)
  const isNarrow = useMedia('(max-width: 1000px)')
  const side = isNarrow ? 'bottom' : detailSide
  const share = usePreferences(state => state.detailShare[side])
  return (
    <div className={clsx('flex min-h-0 flex-1', side === 'bottom' && 'flex-col')}>
      <section aria-label={label} className="min-h-0 min-w-0 flex-1">
        {children}
      </section>
      {detail !== undefined && (
        <>
          <Splitter
            label={text.detail.splitter}
            side={side}
            share={share}
            onChange={next =>
              usePreferences.setState(({ detailShare }) => ({ detailShare: { ...detailShare, [side]: next } }))
            }
          />
          <div style={{ flexBasis: `${share}%` }} className="min-h-0 min-w-0 shrink-0 grow-0">
            {detail}
          </div>
        </>
      )}
    </div>
  )
}

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../components/button.tsx'
import { LoadFailed } from '../components/load-failed.tsx'
import { Empty } from '../components/panel.tsx'
import { Bone, Loading } from '../components/skeleton.tsx'
import { text } from '../text/text.ts'
import type { Loaded } from './loaded.ts'

interface DetailFrameProps<T> {
  /** The id of its element, for what brings the focus to it. */
  readonly id: string
  readonly label: string
  /** With its own button that closes it; where there is none yet, such a button stands alone. */
  readonly head: ReactNode
  readonly loaded: Loaded<T>
  /** Said where there is no such thing any more. */
  readonly missing: { readonly title: string; readonly hint?: string }
  readonly onRetry: () => void
  readonly onClose: () => void
  /** What is shown of it once it is there. */
  readonly children: (detail: T) => ReactNode
}

/** The detail of a row: while it loads, where there is none, where it can't be had, and as it is. */
export function DetailFrame<T>(props: DetailFrameProps<T>) {
  const { id, label, head, loaded, missing, onRetry, onClose, children } = props
  return (
    <section
      id={id}
      tabIndex={-1}
      aria-label={label}
      className="flex h-full min-h-0 flex-col bg-surface focus-visible:-outline-offset-2"
    >
      {head ?? (
        <div className="flex justify-end p-2">
          <IconButton icon={X} label={text.detail.close} onClick={onClose} />
        </div>
      )}
      {loaded.state === 'loading' && (
        <Loading>
          <div className="flex flex-col gap-2 p-4">
            <Bone className="h-5 w-3/4" />
            <Bone className="h-5 w-1/2" />
            <Bone className="h-40" />
          </div>
        </Loading>
      )}
      {loaded.state === 'missing' && <Empty title={missing.title} hint={missing.hint} />}
      {loaded.state === 'failed' && <LoadFailed reason={loaded.message} onRetry={onRetry} />}
      {loaded.state === 'loaded' && children(loaded.detail)}
    </section>
  )
}

import { clsx } from 'clsx'
import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useId } from 'react'

interface PanelProps {
  readonly title: string
  readonly note?: ReactNode
  readonly actions?: ReactNode
  readonly className?: string
  readonly children: ReactNode
}

/** A part of a screen with its name. */
export function Panel({ title, note, actions, className, children }: PanelProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={clsx('flex min-w-0 flex-col gap-2', className)}>
      <div className="flex min-h-6 items-center gap-2">
        <h2 id={id} className="text-body font-semibold">
          {title}
        </h2>
        {note !== undefined && <span className="text-text-3">{note}</span>}
        {actions !== undefined && <span className="ml-auto flex items-center gap-1">{actions}</span>}
      </div>
      {children}
    </section>
  )
}

/** A surface with a hairline around it. */
export function Card({ className, children }: { readonly className?: string; readonly children: ReactNode }) {
  return <div className={clsx('rounded-card border border-line bg-surface', className)}>{children}</div>
}

interface EmptyProps {
  readonly icon?: LucideIcon | undefined
  readonly title: string
  readonly hint?: ReactNode
  readonly children?: ReactNode
  /** For a whole screen, or a part of one. */
  readonly size?: 'screen' | 'part'
}

/** What stands where there is nothing yet: why, and what to do about it. */
export function Empty({ icon: Icon, title, hint, children, size = 'screen' }: EmptyProps) {
  return (
    <div
      className={clsx(
        'flex flex-col items-center justify-center text-center',
        size === 'screen' ? 'h-full gap-2 p-8' : 'gap-1 px-4 py-6',
      )}
    >
      {Icon !== undefined && (
        <span className="mb-1 flex size-10 items-center justify-center rounded-full bg-inset text-text-3">
          <Icon size={18} aria-hidden />
        </span>
      )}
      <p className={size === 'screen' ? 'text-title font-semibold' : 'text-text-2'}>{title}</p>
      {hint !== undefined && <div className="max-w-110 text-text-2">{hint}</div>}
      {children !== undefined && (
        <div className="mt-3 flex flex-wrap items-center justify-center gap-2">{children}</div>
      )}
    </div>
  )
}

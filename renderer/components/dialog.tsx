import { clsx } from 'clsx'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { text } from '../text/text.ts'
import { IconButton } from './button.tsx'

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly hint?: string | undefined
  /** In the middle, or along the right edge for what is longer. */
  readonly place?: 'middle' | 'side'
  readonly children: ReactNode
  /** Its buttons, the main one last. */
  readonly actions?: ReactNode
}

/** A window within the window. What had the focus gets it back. */
export function Dialog({ open, onClose, title, hint, place = 'middle', children, actions }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={next => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-shade" />
        <Radix.Content
          {...(hint === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={focusInside}
          className={clsx(
            'fixed z-40 flex flex-col border-line bg-surface shadow-lift outline-none',
            place === 'middle'
              ? 'top-[12vh] left-1/2 max-h-[76vh] w-110 max-w-[calc(100vw-32px)] -translate-x-1/2 animate-fade rounded-overlay border'
              : 'top-0 right-0 h-full w-105 max-w-[calc(100vw-32px)] animate-slide border-l',
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-title font-semibold">{title}</Radix.Title>
              {hint !== undefined && <Radix.Description className="text-text-2">{hint}</Radix.Description>}
            </div>
            <IconButton icon={X} label={text.actions.close} keys="escape" onClick={onClose} className="-mr-2" />
          </header>
          {/* What is only read has nothing in it that takes the focus, and is scrolled by keys all the same. */}
          <div {...(actions === undefined ? { tabIndex: 0 } : {})} className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">
            {children}
          </div>
          {actions !== undefined && (
            <footer className="flex items-center justify-end gap-2 border-t border-line px-5 py-3">{actions}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Leaves the focus with a field that took it; else the dialog itself has it, not its button to close. */
function focusInside(event: Event) {
  event.preventDefault()
  const dialog = event.currentTarget
  if (dialog instanceof HTMLElement && !dialog.contains(document.activeElement)) dialog.focus()
}

import { clsx } from 'clsx'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ComponentProps, type ReactNode, useState } from 'react'
import { text } from '../text/text.ts'
import { Button, IconButton } from './button.tsx'

interface DialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly hint?: string | undefined
  /** In the middle, or along the right edge for what is longer. */
  readonly place?: 'middle' | 'side'
  /** Whether what is typed in it is kept by a button only: it is then not thrown away unasked. */
  readonly isForm?: boolean
  readonly children: ReactNode
  /** Why what it is for was not done. Always in sight, however much there is above it. */
  readonly problem?: string | undefined
  /** Its buttons, the main one last; what closes it is a `CloseButton`. */
  readonly actions?: ReactNode
}

/** A window within the window. What had the focus gets it back. */
export function Dialog(props: DialogProps) {
  const { open, onClose, title, hint, place = 'middle', isForm = false, children, problem, actions } = props
  const [typedIn, setTypedIn] = useState<HTMLElement>()
  const [isAsking, setAsking] = useState(false)
  const isKept = isForm && typedIn !== undefined
  const goOn = () => {
    setAsking(false)
    typedIn?.focus()
  }
  return (
    <Radix.Root
      open={open}
      onOpenChange={next => {
        if (next) return
        if (isKept) setAsking(true)
        else onClose()
      }}
    >
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-shade" />
        <Radix.Content
          {...(hint === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={focusInside}
          onInput={event => setTypedIn(event.target as HTMLElement)}
          onInteractOutside={event => isKept && event.preventDefault()}
          onEscapeKeyDown={event => {
            if (!isAsking) return
            event.preventDefault()
            goOn()
          }}
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
            <Radix.Close asChild>
              <IconButton icon={X} label={text.actions.close} keys="escape" className="-mr-2" />
            </Radix.Close>
          </header>
          {/* What is only read has nothing in it that takes the focus, and is scrolled by keys all the same. */}
          <div {...(actions === undefined ? { tabIndex: 0 } : {})} className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">
            {children}
          </div>
          {actions !== undefined && (
            <footer className="flex flex-col gap-2 border-t border-line px-5 py-3">
              {problem !== undefined && (
                <p role="alert" className="selectable max-h-30 overflow-y-auto break-words text-error">
                  {problem}
                </p>
              )}
              <div className="flex items-center justify-end gap-2">
                {isAsking ? <Discard onGoOn={goOn} onDiscard={onClose} /> : actions}
              </div>
            </footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** A button of a dialog that closes it, as Escape does. */
export function CloseButton(props: ComponentProps<typeof Button>) {
  return (
    <Radix.Close asChild>
      <Button {...props} />
    </Radix.Close>
  )
}

/** Asks before what was typed goes. */
function Discard({ onGoOn, onDiscard }: { readonly onGoOn: () => void; readonly onDiscard: () => void }) {
  return (
    <>
      <p role="alert" className="mr-auto">
        {text.discard.question}
      </p>
      <Button autoFocus onClick={onGoOn}>
        {text.discard.goOn}
      </Button>
      <Button look="danger" onClick={onDiscard}>
        {text.discard.discard}
      </Button>
    </>
  )
}

/** Leaves the focus with a field that took it; else the dialog itself has it, not the first of its buttons. */
export function focusInside(event: Event) {
  event.preventDefault()
  const dialog = event.currentTarget
  if (dialog instanceof HTMLElement && !dialog.contains(document.activeElement)) dialog.focus()
}

import { Tooltip } from 'radix-ui'
import type { ReactElement } from 'react'
import { Keys } from './keys.tsx'

interface TipProps {
  readonly label: string
  readonly keys?: string | undefined
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  readonly children: ReactElement
}

/** A few words that show when the pointer rests on something, or the keyboard is at it. */
export function Tip({ label, keys, side = 'bottom', children }: TipProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 flex max-w-80 animate-fade items-center gap-2 rounded-card border border-line bg-surface px-2 py-1 text-small text-text shadow-lift"
        >
          {label}
          {keys !== undefined && <Keys keys={keys} />}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

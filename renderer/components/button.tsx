import { clsx } from 'clsx'
import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { Tip } from './tip.tsx'

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: 'plain' | 'primary' | 'ghost' | 'danger'
  readonly size?: 'small' | 'normal' | 'large'
  readonly icon?: LucideIcon
}

const looks = {
  plain: 'border-line bg-surface text-text hover:bg-[image:linear-gradient(var(--hover),var(--hover))]',
  primary: 'border-transparent bg-accent text-on-accent font-semibold hover:brightness-110',
  ghost: 'border-transparent text-text-2 hover:bg-hover hover:text-text',
  danger: 'border-transparent bg-error-soft text-error font-semibold hover:brightness-105',
}

const sizes = { small: 'h-6 px-2 gap-1', normal: 'h-7 px-3 gap-1.5', large: 'h-8 px-4 gap-2' }

/** A button with a word on it. */
export function Button({ look = 'plain', size = 'normal', icon: Icon, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={clsx(
        'inline-flex shrink-0 items-center justify-center rounded-control border text-small font-medium whitespace-nowrap transition-colors duration-100',
        'disabled:pointer-events-none disabled:opacity-55 aria-disabled:opacity-55',
        looks[look],
        sizes[size],
        className,
      )}
      {...rest}
    >
      {Icon !== undefined && <Icon size={14} aria-hidden />}
      {children}
    </button>
  )
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly icon: LucideIcon
  /** What it does: its name, shown as a tip. */
  readonly label: string
  readonly keys?: string | undefined
  readonly size?: 'small' | 'normal'
}

/** A button with an icon only. */
export function IconButton({ icon: Icon, label, keys, size = 'normal', className, ...rest }: IconButtonProps) {
  return (
    <Tip label={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        className={clsx(
          'inline-flex shrink-0 items-center justify-center rounded-control text-text-3 transition-colors duration-100 hover:bg-hover hover:text-text',
          'aria-pressed:bg-accent-soft aria-pressed:text-accent data-[state=open]:bg-hover data-[state=open]:text-text disabled:pointer-events-none disabled:opacity-55',
          size === 'small' ? 'size-6' : 'size-7',
          className,
        )}
        {...rest}
      >
        <Icon size={size === 'small' ? 14 : 15} aria-hidden />
      </button>
    </Tip>
  )
}

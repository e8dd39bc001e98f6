import { Check, type LucideIcon } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { Keys } from './keys.tsx'

interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement
  readonly align?: 'start' | 'end'
  readonly children: ReactNode
}

/** A menu under a button. */
export function Menu({ trigger, align = 'start', children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 animate-enter overflow-y-auto rounded-overlay border border-line bg-surface p-1 shadow-lift outline-none"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** The look of a line in a menu or in a list of choices. */
export const menuLine =
  'flex min-h-7 w-full items-center gap-2 rounded-control px-2 text-left text-body outline-none select-none data-[highlighted]:bg-accent-soft data-[selected=true]:bg-accent-soft data-[disabled=""]:pointer-events-none data-[disabled=""]:text-text-3 data-[disabled=true]:pointer-events-none data-[disabled=true]:text-text-3'

/** Which lines are left when something is typed: those with every word of it, in their own order. */
export function hasAllWords(line: string, typed: string): number {
  const text = line.toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
    ? 1
    : 0
}

interface MenuItemProps {
  readonly icon?: LucideIcon | undefined
  readonly keys?: string | undefined
  readonly disabled?: boolean
  readonly onSelect: () => void
  readonly children: ReactNode
}

export function MenuItem({ icon: Icon, keys, disabled, onSelect, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item className={menuLine} disabled={disabled ?? false} onSelect={onSelect}>
      {Icon !== undefined && <Icon size={14} className="text-text-3" aria-hidden />}
      <span className="flex-1">{children}</span>
      {keys !== undefined && <Keys keys={keys} />}
    </DropdownMenu.Item>
  )
}

interface MenuCheckProps {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly children: ReactNode
}

/** A choice of several; the menu stays open for the next one. */
export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  return (
    <DropdownMenu.CheckboxItem
      className={menuLine}
      checked={checked}
      onCheckedChange={onChange}
      onSelect={event => event.preventDefault()}
    >
      <Ticked />
      {children}
    </DropdownMenu.CheckboxItem>
  )
}

interface MenuChoiceProps<T extends string> {
  readonly value: T | undefined
  readonly choices: readonly { readonly value: T; readonly label: string; readonly hint?: string }[]
  readonly onChange: (value: T) => void
}

/** A choice of one. */
export function MenuChoice<T extends string>({ value, choices, onChange }: MenuChoiceProps<T>) {
  return (
    <DropdownMenu.RadioGroup value={value ?? ''} onValueChange={next => onChange(next as T)}>
      {choices.map(choice => (
        <DropdownMenu.RadioItem key={choice.value} value={choice.value} className={menuLine}>
          <Ticked />
          <span className="flex-1 py-1">
            {choice.label}
            {choice.hint !== undefined && <span className="block max-w-72 text-small text-text-3">{choice.hint}</span>}
          </span>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-caption font-medium text-text-3">
      {children}
    </DropdownMenu.Label>
  )
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />
}

function Ticked() {
  return (
    <span className="w-3.5 text-accent">
      <DropdownMenu.ItemIndicator>
        <Check size={14} aria-hidden />
      </DropdownMenu.ItemIndicator>
    </span>
  )
}

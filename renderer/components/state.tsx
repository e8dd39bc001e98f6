import { clsx } from 'clsx'
import {
  Ban,
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CornerUpRight,
  OctagonX,
  Radio,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import type { TurnRow } from '../../proxy/app/contract.ts'
import { toneOf, type Tone } from '../outcomes.ts'
import { text } from '../text/text.ts'

const icons: Readonly<Record<Tone, LucideIcon>> = {
  ok: CircleCheck,
  live: Radio,
  info: CornerUpRight,
  warn: TriangleAlert,
  error: OctagonX,
  idle: Circle,
}

/** Text in the colour of a tone. */
export const toneText: Readonly<Record<Tone, string>> = {
  ok: 'text-ok',
  live: 'text-live',
  info: 'text-info',
  warn: 'text-warn',
  error: 'text-error',
  idle: 'text-text-3',
}

/** The same on its soft ground. */
export const toneFill: Readonly<Record<Tone, string>> = {
  ok: 'bg-ok-soft text-ok',
  live: 'bg-live-soft text-live',
  info: 'bg-info-soft text-info',
  warn: 'bg-warn-soft text-warn',
  error: 'bg-error-soft text-error',
  idle: 'bg-inset text-text-3',
}

/** A state: icon, word and colour together, so that none has to be told by colour alone. */
export function StateTag({ tone, icon, children }: { tone: Tone; icon?: LucideIcon | undefined; children: string }) {
  const Icon = icon ?? icons[tone]
  return (
    <span
      className={clsx(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-control px-1.5 text-caption font-medium whitespace-nowrap',
        toneFill[tone],
      )}
    >
      <Icon size={12} aria-hidden />
      {children}
    </span>
  )
}

/** The icon alone, where the word stands nearby. */
export function ToneIcon({ tone, size = 14 }: { readonly tone: Tone; readonly size?: number }) {
  const Icon = icons[tone]
  return <Icon size={size} className={clsx('shrink-0', toneText[tone])} aria-hidden />
}

/** The icon of a turn. What broke off or was called off has an outline of its own. */
export function TurnIcon({ turn, size = 14 }: { readonly turn: TurnRow; readonly size?: number }) {
  const tone = toneOf(turn)
  const Icon = turnIcons[turn.outcome ?? ''] ?? icons[tone]
  return <Icon size={size} className={clsx('shrink-0', toneText[tone])} aria-hidden />
}

const turnIcons: Readonly<Record<string, LucideIcon | undefined>> = {
  interrupted: CircleDashed,
  'client cancelled': Ban,
  blocked: CircleAlert,
}

/** What became of a turn, in a word. */
export function turnWord(turn: TurnRow): string {
  if (turn.outcome !== undefined) return text.outcome[turn.outcome]
  return turn.firstByteMs === undefined ? text.waiting : text.streaming
}

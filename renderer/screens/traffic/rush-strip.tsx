import { ChevronsDown } from 'lucide-react'
import { text } from '../../text/text.ts'

/** Says that the list leaves requests out, because more of them end than anybody could read. */
export function RushStrip() {
  return (
    <div role="status" className="flex min-h-8 items-center gap-2 border-y border-line bg-inset px-3 text-text-2">
      <ChevronsDown size={14} aria-hidden />
      <span>{text.traffic.rush}</span>
    </div>
  )
}

import { MessagesSquare, SearchX } from 'lucide-react'
import { Button } from '../../components/button.tsx'
import { Empty } from '../../components/panel.tsx'
import { refine } from '../../stores/place.ts'
import { text } from '../../text/text.ts'

const words = text.sessions

/** Why the list is empty, and what to do about it. */
export function SessionsEmpty({ known }: { readonly known: number }) {
  return known > 0 ? (
    <Empty icon={SearchX} title={words.noMatch(known)} hint={words.noMatchHint}>
      <Button onClick={() => refine({ q: undefined })}>{words.clearSearch}</Button>
    </Empty>
  ) : (
    <Empty icon={MessagesSquare} title={words.empty} hint={words.emptyHint} />
  )
}

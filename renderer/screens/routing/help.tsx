import { CircleHelp } from 'lucide-react'
import { Popover } from 'radix-ui'
import { Button } from '../../components/button.tsx'
import { text } from '../../text/text.ts'

const words = text.routing.help

/** How selectors are written, and the commands that choose a target in a chat. */
export function Help() {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button icon={CircleHelp}>{words.open}</Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={words.open}
          tabIndex={0}
          className="z-50 max-h-(--radix-popover-content-available-height) w-120 max-w-[calc(100vw-16px)] animate-enter overflow-y-auto rounded-overlay border border-line bg-surface p-4 shadow-lift outline-none"
        >
          <Examples title={words.title} hint={words.hint} examples={words.selectors} />
          <Examples title={words.commandsTitle} hint={words.commandsHint} examples={words.commands} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface ExamplesProps {
  readonly title: string
  readonly hint: string
  readonly examples: readonly (readonly string[])[]
}

function Examples({ title, hint, examples }: ExamplesProps) {
  return (
    <section className="not-first:mt-4">
      <h2 className="font-semibold">{title}</h2>
      <p className="text-small text-text-2">{hint}</p>
      <dl className="mt-1 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-small">
        {examples.map(([written, means]) => (
          <div key={written} className="contents">
            <dt className="selectable font-mono">{written}</dt>
            <dd className="text-text-2">{means}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

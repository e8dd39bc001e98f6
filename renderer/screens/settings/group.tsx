import { RotateCcw } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { IconButton } from '../../components/button.tsx'
import { Card, Panel } from '../../components/panel.tsx'
import { text } from '../../text/text.ts'

export function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Panel title={title}>
      <Card className="divide-y divide-line">{children}</Card>
    </Panel>
  )
}

interface SettingRowProps {
  readonly label: string
  readonly effect: string
  /** Where the value comes from. */
  readonly source: string
  /** Set where the value differs from its default: puts that back. */
  readonly reset?: { readonly to: string; readonly run: () => void } | undefined
  /** Something to know of it now: why it can't be changed, what is wrong, what is still to do. */
  readonly note?: ReactNode
  readonly children: (describedBy: string) => ReactNode
}

/** A setting: its name and effect on the left, its value on the right, where that comes from below. */
export function SettingRow({ label, effect, source, reset, note, children }: SettingRowProps) {
  const id = useId()
  return (
    <div className="group/setting flex items-start gap-4 px-4 py-3">
      <div className="min-w-0 flex-1" id={id}>
        <p className="font-semibold">{label}</p>
        <p className="text-text-2">{effect}</p>
        {note !== undefined && <div className="mt-1 text-small">{note}</div>}
      </div>
      <div className="flex flex-col items-end gap-1">
        <div className="flex min-h-7 items-center gap-1">
          {reset !== undefined && (
            <IconButton
              icon={RotateCcw}
              size="small"
              label={`${label}: ${text.settings.resetTo(reset.to)}`}
              onClick={reset.run}
            />
          )}
          {children(id)}
        </div>
        <p className="text-caption text-text-3">{source}</p>
      </div>
    </div>
  )
}

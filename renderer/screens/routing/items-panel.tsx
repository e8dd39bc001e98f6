import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { Card, Empty, Panel } from '../../components/panel.tsx'

interface ItemsPanelProps {
  readonly words: {
    readonly title: string
    readonly note: string
    readonly add: string
    readonly empty: string
    readonly emptyHint: string
  }
  readonly isEmpty: boolean
  /** Left out where nothing can be added. */
  readonly onAdd?: (() => void) | undefined
  /** What stands above the list. */
  readonly notice?: ReactNode
  readonly list: ReactNode
  /** What is open over it: a form, a question. */
  readonly children: ReactNode
}

/** A list of the routing with its name and what adds to it; what it is for, where there is nothing in it. */
export function ItemsPanel({ words, isEmpty, onAdd, notice, list, children }: ItemsPanelProps) {
  return (
    <Panel
      title={words.title}
      note={words.note}
      actions={
        onAdd && (
          <Button size="small" icon={Plus} onClick={onAdd}>
            {words.add}
          </Button>
        )
      }
    >
      {notice}
      {isEmpty ? (
        <Card>
          <Empty size="part" title={words.empty} hint={words.emptyHint} />
        </Card>
      ) : (
        list
      )}
      {children}
    </Panel>
  )
}

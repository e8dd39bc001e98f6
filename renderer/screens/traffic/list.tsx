import {
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { ArrowUp } from 'lucide-react'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import type { TurnRow } from '../../../proxy/app/contract.ts'
import { Button } from '../../components/button.tsx'
import { useRows } from '../../components/use-rows.ts'
import { usePreferences } from '../../stores/preferences.ts'
import type { Filter } from '../../stores/turn-list.ts'
import { reachOf, useTurns } from '../../stores/turns.ts'
import { text } from '../../text/text.ts'
import { columns, fitting, LEAST_WIDTH } from './columns.tsx'
import { HeaderRow } from './header-row.tsx'
import { Row } from './row.tsx'

/** Rows from the end at which older ones are asked for. */
const NEAR_END = 60

interface TrafficListProps {
  readonly turns: readonly TurnRow[]
  readonly filter: Filter
  readonly selectedId: string | undefined
  readonly onSelect: (turn: TurnRow) => void
  /** Turns that came while the list was scrolled away from its top. */
  readonly newer: number
  readonly onScrolled: (isAtTop: boolean) => void
  /** Set to what brings a row into view, for the histogram. */
  readonly scrollTo: Ref<(index: number) => void>
}

// The table keeps which columns there are and how wide; the rows are drawn by the virtualizer alone, since a row model of
// tens of thousands would be built anew with every word that streams in.
const features = tableFeatures({ columnVisibilityFeature, columnSizingFeature, columnResizingFeature })
const defs = columns.map(({ id, size }) => ({ id, size, minSize: LEAST_WIDTH, header: text.traffic.column[id] }))
const noRows: readonly TurnRow[] = []

/** The list: only what is in view is in the page, whatever its length. */
export function TrafficList({ turns, filter, selectedId, onSelect, newer, onScrolled, scrollTo }: TrafficListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const { virtualizer, items, width, rowPx } = useRows(scroller, turns, selectedId)
  const chosen = usePreferences(state => state.columns)
  const sizes = usePreferences(state => state.columnSizes)
  const isLoading = useTurns(state => state.loading)
  const hasMore = useTurns(state => reachOf(state.reach, filter).more)
  const fits = fitting(width, chosen, sizes)
  const table = useTable({
    features,
    columns: defs,
    data: noRows,
    columnResizeMode: 'onChange',
    state: {
      columnVisibility: Object.fromEntries(columns.map(({ id }) => [id, fits.has(id)])),
      columnSizing: sizes,
    },
    onColumnSizingChange: change =>
      usePreferences.setState(({ columnSizes }) => ({
        columnSizes: typeof change === 'function' ? change(columnSizes) : change,
      })),
  })
  const shown = table.getVisibleLeafColumns()
  const template = shown
    .map(column => (column.id === 'model' ? `minmax(${column.getSize()}px, 1fr)` : `${column.getSize()}px`))
    .join(' ')
  const ids = shown.map(column => column.id).join()

  const isNearEnd = (items.at(-1)?.index ?? 0) >= turns.length - NEAR_END

  useImperativeHandle(scrollTo, () => index => virtualizer.scrollToIndex(index, { align: 'auto' }), [virtualizer])
  useEffect(() => {
    if (isNearEnd && hasMore && !isLoading)
      void useTurns
        .getState()
        .loadOlder(filter)
        .catch(() => undefined)
  }, [isNearEnd, hasMore, isLoading, filter])

  return (
    <div className="relative h-full">
      <div
        ref={scroller}
        onScroll={event => onScrolled(event.currentTarget.scrollTop < rowPx)}
        className="h-full overflow-auto bg-surface text-small has-[[role=grid]:focus-visible]:outline-2 has-[[role=grid]:focus-visible]:-outline-offset-2 has-[[role=grid]:focus-visible]:outline-accent"
      >
        <div
          id={TRAFFIC_LIST}
          role="grid"
          tabIndex={0}
          aria-label={text.traffic.label}
          aria-rowcount={turns.length + 1}
          aria-colcount={shown.length}
          aria-activedescendant={items.some(item => item.key === selectedId) ? rowId(selectedId) : undefined}
          className="group/grid relative w-max min-w-full outline-none"
          style={{ height: virtualizer.getTotalSize() }}
        >
          <HeaderRow heads={table.getHeaderGroups()[0]?.headers ?? []} template={template} />
          {items.map(({ index, start, key }) => {
            const turn = turns[index]
            return (
              turn !== undefined && (
                <Row
                  key={key}
                  id={rowId(turn.id)}
                  turn={turn}
                  top={start}
                  height={rowPx}
                  index={index + 2}
                  template={template}
                  columns={ids}
                  isSelected={turn.id === selectedId}
                  onSelect={onSelect}
                />
              )
            )
          })}
        </div>
        <p role="status" className="sticky left-0 w-fit px-3 py-2 text-caption text-text-3">
          {isLoading ? text.traffic.loadingOlder : hasMore ? '' : text.traffic.end}
        </p>
      </div>
      {newer > 0 && (
        <Button
          icon={ArrowUp}
          look="primary"
          size="small"
          onClick={() => virtualizer.scrollToOffset(0)}
          className="absolute top-9 left-1/2 -translate-x-1/2 rounded-full! shadow-lift"
        >
          {text.counts.newRows(newer)}
        </Button>
      )}
    </div>
  )
}

/** The id of the list's element, for what brings the focus to it. */
export const TRAFFIC_LIST = 'traffic-list'

function rowId(id: string | undefined): string | undefined {
  return id === undefined ? undefined : `row-${id}`
}

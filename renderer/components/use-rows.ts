import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffect, useEffectEvent } from 'react'
import { usePreferences } from '../stores/preferences.ts'
import { useSize } from './use-size.ts'

const ROW_PX = { compact: 28, comfortable: 34 }
/** Height of the head of the list, which stands over the first row. */
const HEAD_PX = 26

/**
 * The rows of a long list that are in view, and as much of them as a list needs: of the rest nothing is in the page. The
 * chosen row is kept in view: at first, by key, from a link, and when the detail beside the list takes room. Sizes in pixels.
 */
export function useRows(
  scroller: RefObject<HTMLDivElement | null>,
  rows: readonly { readonly id: string }[],
  selectedId: string | undefined,
) {
  const { width, height } = useSize(scroller)
  const rowPx = ROW_PX[usePreferences(state => state.density)]
  // The same functions as long as they say the same: with new ones all rows would be measured anew at every scroll.
  const estimateSize = useCallback(() => rowPx, [rowPx])
  const getItemKey = useCallback((index: number) => rows[index]?.id ?? index, [rows])
  // eslint-disable-next-line react-hooks/incompatible-library -- of concern to the React compiler, which is not used
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    getItemKey,
    overscan: 8,
    paddingStart: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
  })
  useEffect(() => virtualizer.measure(), [virtualizer, rowPx])
  const showSelected = useEffectEvent(() => {
    const index = rows.findIndex(({ id }) => id === selectedId)
    if (index !== -1) virtualizer.scrollToIndex(index, { align: 'auto' })
  })
  useEffect(() => showSelected(), [selectedId, height])
  return { virtualizer, items: virtualizer.getVirtualItems(), width, rowPx }
}

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from '@tanstack/virtual-core'
import type { RefObject } from 'preact'
import { useEffect, useReducer, useRef } from 'preact/hooks'
import { isPrinting } from '../printing.js'

/** A row, and its place. */
type Row = Pick<VirtualItem, 'index' | 'start' | 'size'>

/** The visible rows of a long list, and its total height. */
export type VirtualRows = {
  height: number
  seen: readonly Row[]
  scrollTo(index: number): void
}

/** Renders only the visible rows of a list in a scrolling frame, which may have 100,000. */
export function useVirtualRows(
  frame: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): VirtualRows {
  const [, redraw] = useReducer((turn: number, _: undefined) => turn + 1, 0)
  const kept = useRef<Virtualizer<HTMLElement, Element> | undefined>(undefined)
  const options = {
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  }
  kept.current ??= new Virtualizer(options)
  const virtualizer = kept.current
  virtualizer.setOptions(options)
  useEffect(() => {
    const unmount = virtualizer._didMount()
    redraw(undefined)
    return unmount
  }, [virtualizer])
  useEffect(() => virtualizer._willUpdate())
  const height = virtualizer.getTotalSize()
  const seen = virtualizer.getVirtualItems()
  const printed = isPrinting.value ? printedRows(count, rowHeight) : undefined
  return {
    height: printed === undefined ? height : printed.length * rowHeight,
    seen: printed ?? seen,
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  }
}

/** Nobody reads more on paper. */
const PRINTED = 2000

function printedRows(count: number, size: number): Row[] {
  return Array.from({ length: Math.min(count, PRINTED) }, (_, index) => ({
    index,
    start: index * size,
    size,
  }))
}

/** Returns the style that puts a row in its place. */
export function rowStyle({ start, size }: Row): Record<string, string> {
  return { transform: `translateY(${start}px)`, height: `${size}px` }
}

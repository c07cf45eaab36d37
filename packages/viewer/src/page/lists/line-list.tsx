import type { ComponentChild } from 'preact'
import { useRef } from 'preact/hooks'
import { rowStyle, useVirtualRows } from './use-virtual-rows.js'

/** Rows that may be made on demand; an array is one. */
type Rows<Row> = { readonly length: number; at(index: number): Row | undefined }

/** A long list of lines to read. */
export function LineList<Row>({
  rows,
  label,
  rowHeight,
  render,
  keyOf,
}: {
  rows: Rows<Row>
  label: string
  rowHeight: number
  render: (row: Row) => ComponentChild
  keyOf: (row: Row, index: number) => string
}) {
  const frame = useRef<HTMLElement>(null)
  const { height, seen } = useVirtualRows(frame, rows.length, rowHeight)
  return (
    // Whatever scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="virtual-list lines" ref={frame} aria-label={label} tabIndex={0}>
      <ol class="rows" style={{ height: `${height}px` }}>
        {seen.map((place) => {
          const row = rows.at(place.index)
          return row === undefined ? null : (
            <li
              key={keyOf(row, place.index)}
              class="row"
              style={rowStyle(place)}
              aria-setsize={rows.length}
              aria-posinset={place.index + 1}
            >
              {render(row)}
            </li>
          )
        })}
      </ol>
    </section>
  )
}

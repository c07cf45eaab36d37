import type { ComponentChild } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { rowStyle, useVirtualRows } from './use-virtual-rows.js'

/**
 * A long list in which one row is chosen: by a click, or with the keys up, down, page up and down,
 * home and end.
 */
export function ChoiceList<Row>({
  rows,
  label,
  rowHeight,
  render,
  keyOf,
  chosen,
  choose,
}: {
  rows: readonly Row[]
  label: string
  rowHeight: number
  render: (row: Row) => ComponentChild
  keyOf: (row: Row) => string
  /** The index of the chosen row; -1 for none. */
  chosen: number
  choose: (row: Row) => void
}) {
  const frame = useRef<HTMLDivElement>(null)
  const id = useId()
  const { height, seen, scrollTo } = useVirtualRows(frame, rows.length, rowHeight)
  useEffect(() => {
    if (chosen >= 0) scrollTo(chosen)
  }, [chosen])

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    const row = rows[Math.min(rows.length - 1, Math.max(0, chosen + step))]
    if (row !== undefined) choose(row)
  }

  return (
    <div
      class="virtual-list"
      ref={frame}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      {...(chosen >= 0 && { 'aria-activedescendant': `${id}-${chosen}` })}
    >
      <div class="rows" style={{ height: `${height}px` }} role="presentation">
        {seen.map((place) => {
          const row = rows[place.index]
          return row === undefined ? null : (
            // The frame has the focus and handles the keys:
            // https://www.w3.org/WAI/ARIA/apg/patterns/listbox/
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            <div
              key={keyOf(row)}
              class={`row${place.index === chosen ? ' chosen' : ''}`}
              style={rowStyle(place)}
              role="option"
              id={`${id}-${place.index}`}
              aria-selected={place.index === chosen}
              aria-setsize={rows.length}
              aria-posinset={place.index + 1}
              onClick={() => choose(row)}
            >
              {render(row)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

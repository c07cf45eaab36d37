import { cutTo, displayWidth } from './display-width.js'
import { type Style, styled } from './style.js'

export type Column = {
  title: string
  align?: 'right'
  /** May be cut where the line is too long: at its start, or at its end. */
  cut?: 'start' | 'end'
}

/** A text that is printable already. */
export type Cell = string | { text: string; style: Style }

/** Cells of the columns, or one text over all of them. */
export type Row = Cell[] | { line: Cell }

/** No column is cut below this. */
const NARROWEST = 8

/** The lines of a table that fits into a width. Columns in which no row has anything are left out. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
): string[] {
  const used = columns.map((_, index) => rows.some((row) => textOf(cellOf(row, index)) !== ''))
  const shown = [...columns.keys()].filter((index) => used[index])
  const widths = fit(
    shown.map((index) => ({ ...columns[index], width: widthOfColumn(columns, rows, index) })),
    width,
  )
  const line = (cells: readonly Cell[], style?: Style): string => {
    let left = width
    const parts = shown.map((index, place) => {
      const isLast = place === shown.length - 1
      const padded = pad(cells[index] ?? '', columns[index], widths[place] ?? 0, isLast)
      const text = cutTo(textOf(padded), left)
      left = Math.max(0, left - displayWidth(text) - SEPARATOR.length)
      return dress(text, typeof padded === 'string' ? style : padded.style)
    })
    return parts.join(SEPARATOR).trimEnd()
  }
  const titles = columns.map((column) => column.title)
  return [
    line(titles, 'quiet'),
    ...rows.map((row) =>
      Array.isArray(row) ? line(row) : dress(cutTo(textOf(row.line), width), styleOf(row.line)),
    ),
  ]
}

const SEPARATOR = '  '

// Takes from the columns that may be cut, the widest first, until the line fits or none is left.
function fit(columns: (Partial<Column> & { width: number })[], width: number): number[] {
  const widths = columns.map((column) => column.width)
  let excess = sum(widths) + SEPARATOR.length * (widths.length - 1) - width
  while (excess > 0) {
    const widest = [...columns.keys()]
      .filter((index) => columns[index]?.cut !== undefined && (widths[index] ?? 0) > NARROWEST)
      .sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0))[0]
    if (widest === undefined) break
    widths[widest] = (widths[widest] ?? 0) - 1
    excess -= 1
  }
  return widths
}

function widthOfColumn(columns: readonly Column[], rows: readonly Row[], index: number): number {
  let widest = displayWidth(columns[index]?.title ?? '')
  for (const row of rows) widest = Math.max(widest, displayWidth(textOf(cellOf(row, index))))
  return widest
}

function pad(cell: Cell, column: Column | undefined, width: number, isLast: boolean): Cell {
  const text = cutTo(textOf(cell), width, column?.cut)
  const blank = ' '.repeat(Math.max(0, width - displayWidth(text)))
  const padded = column?.align === 'right' ? blank + text : isLast ? text : text + blank
  return typeof cell === 'string' ? padded : { text: padded, style: cell.style }
}

function cellOf(row: Row, index: number): Cell {
  return Array.isArray(row) ? (row[index] ?? '') : ''
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}

function styleOf(cell: Cell): Style | undefined {
  return typeof cell === 'string' ? undefined : cell.style
}

function dress(text: string, style: Style | undefined): string {
  return style === undefined || text === '' ? text : styled(style, text)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

import { cutTo, displayWidth } from './display-width.js'
import { type Style, styled } from './style.js'

export type Column = {
  title: string
  align?: 'right'
  /** Where it may be cut if the line is too long: at its start, or at its end. */
  cut?: 'start' | 'end'
  /** The least width to cut it to; by default {@link NARROWEST}. */
  least?: number
  /** May be left out if cutting is not enough; the lowest number goes first. */
  spare?: number
}

/** A printable text. */
export type Cell = string | { text: string; style: Style }

/** One cell per column; or one text across all of them, or across all after the cells `after`. */
export type Row = Cell[] | { line: Cell; after?: readonly Cell[] }

/** A text in fewer columns is useless. */
const NARROWEST = 6

/**
 * The most columns of one cell. A recorded text can be a megabyte, and would pad all other rows.
 */
const WIDEST = 200

/**
 * Returns the lines of a table that fits into a width. Columns without any content are left out. If
 * lines are too long, texts are cut first, then columns are left out, then lines are cut.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
): string[] {
  return [...tableLinesOf(columns, rows, width)]
}

/**
 * The same, line by line, for rows that are made on demand: the first {@link LAID_OUT} of them
 * decide how wide the columns are, so that nobody waits for the others.
 */
export function* tableLinesOf(
  columns: readonly Column[],
  rows: Iterable<Row>,
  width: number,
): Generator<string> {
  const rest = rows[Symbol.iterator]()
  const first: Row[] = []
  for (let next = rest.next(); !next.done; next = rest.next()) {
    first.push(next.value)
    if (first.length >= LAID_OUT) break
  }
  const line = lineMaker(columns, layOut(columns, first, width), width)
  const lineOf = (row: Row): string =>
    Array.isArray(row) ? line(row) : line(row.after ?? [], { over: row.line })
  yield line(
    columns.map((column) => column.title),
    { style: 'quiet' },
  )
  for (const row of first) yield lineOf(row)
  for (let next = rest.next(); !next.done; next = rest.next()) yield lineOf(next.value)
}

const LAID_OUT = 2000

type MakeLine = (cells: readonly Cell[], how?: { style?: Style; over?: Cell }) => string

function lineMaker(columns: readonly Column[], { shown, widths }: Layout, width: number): MakeLine {
  return (cells, { style, over } = {}) => {
    let left = width
    const put = (cell: Cell): string => {
      const text = cutTo(textOf(cell), left)
      if (left !== Number.POSITIVE_INFINITY) {
        left = Math.max(0, left - displayWidth(text) - SEPARATOR.length)
      }
      return dress(text, styleOf(cell) ?? style)
    }
    const under = over === undefined ? shown : shown.filter((index) => index < cells.length)
    const parts = under.map((index, place) => {
      const isLast = over === undefined && place === shown.length - 1
      return put(pad(cells[index] ?? '', columns[index], widths[place] ?? 0, isLast))
    })
    return [...parts, ...(over === undefined ? [] : [put(over)])].join(SEPARATOR).trimEnd()
  }
}

const SEPARATOR = '  '

type Layout = { shown: number[]; widths: number[] }

function layOut(columns: readonly Column[], rows: readonly Row[], width: number): Layout {
  let shown = [...columns.keys()].filter((index) =>
    rows.some((row) => textOf(cellOf(row, index)) !== ''),
  )
  const natural = columns.map((_, index) => widthOfColumn(columns, rows, index))
  for (;;) {
    const widths = fit(shown, columns, natural, width)
    const spare = shown
      .filter((index) => columns[index]?.spare !== undefined)
      .sort((one, other) => (columns[one]?.spare ?? 0) - (columns[other]?.spare ?? 0))[0]
    if (totalOf(widths) <= width || spare === undefined) return { shown, widths }
    shown = shown.filter((index) => index !== spare)
  }
}

// Narrows the columns that may be cut, the widest first, until the line fits or none is left.
function fit(
  shown: readonly number[],
  columns: readonly Column[],
  natural: readonly number[],
  width: number,
): number[] {
  const widths = shown.map((index) => natural[index] ?? 0)
  const canGive = shown.map((index, place) => {
    const { cut, least = NARROWEST } = columns[index] ?? { cut: undefined }
    return cut === undefined ? 0 : Math.max(0, (widths[place] ?? 0) - least)
  })
  for (let excess = totalOf(widths) - width; excess > 0; excess -= 1) {
    const widest = [...shown.keys()]
      .filter((place) => (canGive[place] ?? 0) > 0)
      .sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0))[0]
    if (widest === undefined) break
    widths[widest] = (widths[widest] ?? 0) - 1
    canGive[widest] = (canGive[widest] ?? 0) - 1
  }
  return widths
}

function totalOf(widths: readonly number[]): number {
  const separators = SEPARATOR.length * Math.max(0, widths.length - 1)
  return widths.reduce((total, width) => total + width, separators)
}

function widthOfColumn(columns: readonly Column[], rows: readonly Row[], index: number): number {
  let widest = displayWidth(columns[index]?.title ?? '')
  for (const row of rows) widest = Math.max(widest, displayWidth(textOf(cellOf(row, index))))
  return Math.min(widest, WIDEST)
}

function pad(cell: Cell, column: Column | undefined, width: number, isLast: boolean): Cell {
  const text = cutTo(textOf(cell), width, column?.cut)
  const blank = ' '.repeat(Math.max(0, width - displayWidth(text)))
  const padded = column?.align === 'right' ? blank + text : isLast ? text : text + blank
  return typeof cell === 'string' ? padded : { text: padded, style: cell.style }
}

function cellOf(row: Row, index: number): Cell {
  return (Array.isArray(row) ? row : row.after)?.[index] ?? ''
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

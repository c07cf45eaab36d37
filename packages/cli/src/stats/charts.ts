const WIDTH = 16
const MARKS = ['█', '▓', '░'] as const

/**
 * Draws parts of a whole as a bar, each with a mark of its own; the rest of the whole stays blank.
 */
export function splitBar(parts: readonly number[], whole: number | undefined): string {
  if (whole === undefined || whole <= 0) return ''
  return parts
    .map((part, index) => (MARKS[index] ?? '').repeat(Math.round((part / whole) * WIDTH)))
    .join('')
    .slice(0, WIDTH)
}

const LEVELS = '▁▂▃▄▅▆▇█'

/**
 * Draws values in order as a line of blocks; with more values than columns, the largest for each.
 */
export function sparkline(values: readonly number[], width: number): string {
  const columns = Math.min(width, values.length)
  const largest = Math.max(...values)
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns)
    const to = Math.floor(((column + 1) * values.length) / columns)
    const most = Math.max(...values.slice(from, to))
    return LEVELS[largest === 0 ? 0 : Math.min(7, Math.floor((most / largest) * 8))] ?? ''
  }).join('')
}

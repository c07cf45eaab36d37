/** One figure of a benchmark: what was measured, its value, and its limit. */
export type Row = {
  what: string
  value: number
  unit: string
  /** The minimum or maximum allowed. */
  limit?: { most: number } | { least: number }
  note?: string
}

/** Prints figures as a table, with a verdict for each that has a limit. */
export function printRows(title: string, rows: readonly Row[]): void {
  process.stdout.write(`\n${title}\n`)
  for (const row of rows) {
    const value = `${row.value.toFixed(row.value < 10 ? 2 : 0)} ${row.unit}`
    process.stdout.write(
      `  ${row.what.padEnd(58)}${value.padStart(14)}  ${verdict(row)}${row.note ?? ''}\n`,
    )
  }
}

function verdict({ value, unit, limit }: Row): string {
  if (limit === undefined) return ''
  const isMet = 'most' in limit ? value <= limit.most : value >= limit.least
  const bound = 'most' in limit ? `≤ ${limit.most}` : `≥ ${limit.least}`
  return `${isMet ? 'met' : 'NOT MET'} (${bound} ${unit}) `
}

import { describe, expect, test } from 'vitest'
import { some } from '../faults/extent.js'
import { told } from './compare.js'
import { toldTui } from './compare-tui.js'
import { differences } from './differences.js'
import type { Row } from './row.js'
import { type RowRun, runRow } from './run-row.js'
import { runTui, type TuiRow, type TuiRun } from './run-tui.js'

// A row that differs from itself without Tacho contains something random that must be removed.
const OTHER = process.env.TACHO_PARITY_ALONE === undefined ? 'recorded' : 'alone'

/**
 * How many rows of a table `npm test` runs, because each takes two seconds of processor time and
 * neighbours differ in one thing. `npm run soak` runs them all, and so does TACHO_SOAK=1.
 */
const MOST_ROWS = 3

/** Declares one test per row: the real Codex does the same with Tacho as alone. */
export function parity(kind: string, rows: readonly Row[]): void {
  sameForEach(`codex does the same under record: ${kind}`, rows, runRow, told)
}

/** The same for the TUI in a terminal. */
export function parityOfTui(kind: string, rows: readonly TuiRow[]): void {
  sameForEach(`the TUI does the same under record: ${kind}`, rows, runTui, toldTui)
}

function sameForEach<OneRow extends Row, Run extends RowRun | TuiRun>(
  title: string,
  rows: readonly OneRow[],
  run: (row: OneRow, how: 'alone' | 'recorded') => Promise<Run>,
  told: (run: Run, row: OneRow) => unknown,
): void {
  describe.concurrent(title, () => {
    const titled = some(rows, MOST_ROWS).map((row) => [row.title, row] as const)
    test.each(titled)('%s', async (_, row) => {
      const [alone, recorded] = await Promise.all([run(row, 'alone'), run(row, OTHER)])
      const found = differences(told(alone, row), told(recorded, row))
      if (found.length > 0) {
        const parts = [
          found.join('\n'),
          `Alone:\n${saidBy(alone)}`,
          `Recorded:\n${saidBy(recorded)}`,
        ]
        expect.fail(`It is not the same.\n${parts.join('\n\n')}`)
      }
      const lines = recorded.logged.split('\n')
      expect(lines.filter((line) => line.includes(' ERROR tacho'))).toEqual([])
    })
  })
}

/** What shows why a run went as it did; Vitest takes minutes for a message of megabytes. */
function saidBy({ ended, place, logged }: RowRun | TuiRun): string {
  const words = 'screen' in ended ? [ended.screen] : [`${ended.stdout}`, `${ended.stderr}`]
  const connections = place.upstream.connections.map(
    ({ requests, stage, end }) => `a connection: ${requests.length} requests, ${stage}, ${end}`,
  )
  return [...words, ...connections, logged].map((text) => text.slice(-MOST_CHARACTERS)).join('\n')
}

const MOST_CHARACTERS = 8_000

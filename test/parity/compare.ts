import { withoutChance, withoutTapAddress } from './chance.js'
import type { Row } from './row.js'
import type { RowRun } from './run-row.js'
import { type Traffic, trafficOf } from './traffic.js'

/** What must be the same in a run of a row with Tacho and without. */
export type Told = Traffic & {
  isStuck: boolean
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Lines of Codex's own log, which appear among the others at random. */
  log: string[]
}

/** A run of a row, in comparable form. */
export function told({ isStuck, ended, place }: RowRun, row: Row): Told {
  const alike = (text: string) => withoutChance(text, place)
  const isSkipped = row.notCompared?.some(({ what }) => what === 'stderr') === true
  const errors = alike(withoutTapAddress(ended.stderr.toString(), place))
  return {
    isStuck,
    exitCode: ended.exitCode,
    signal: ended.signal,
    stdout: alike(ended.stdout.toString()),
    stderr: isSkipped ? 'not compared' : withoutOurs(errors.replaceAll(LOG_LINE, ''), row),
    log: isSkipped ? [] : (errors.match(LOG_LINE) ?? []).sort(),
    ...trafficOf(place, row, ended.exitCode),
  }
}

const LOG_LINE = /^TIME +(ERROR|WARN) .*\n/gm

/** Without the one line that Tacho owes the user in this row. */
function withoutOurs(stderr: string, { says }: Row): string {
  if (says === undefined) return stderr
  const isOurs = (line: string) => line.startsWith('tacho: ') && line.includes(says)
  return stderr
    .split('\n')
    .filter((line) => !isOurs(line))
    .join('\n')
}

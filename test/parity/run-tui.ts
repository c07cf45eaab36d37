import type { TerminalEnded } from '../host/tmux.js'
import { plainTui, recordedTui } from '../host/tui-terminals.js'
import type { Row } from './row.js'
import { type RowPlace, rowPlace } from './row-place.js'
import { loggedIn } from './run-row.js'
import type { User } from './users.js'

/** A TUI row: its user acts too; `/quit` follows. */
export type TuiRow = Row & { user: User }

/** What one run of such a row showed, unprocessed. */
export type TuiRun = {
  /** The screen at each `shot`. */
  screens: string[]
  ended: TerminalEnded
  place: RowPlace
  /** Tacho's debug logs. */
  logged: string
}

/** Runs the real TUI through a row, alone or under record. */
export async function runTui(row: TuiRow, how: 'alone' | 'recorded'): Promise<TuiRun> {
  await using place = await rowPlace(row, how)
  const start = how === 'alone' ? plainTui : recordedTui
  await using terminal = await start(place, [...(row.args ?? []), row.prompt ?? 'Hello'])
  place.upstream.hears((words) => terminal.showing(words))
  const screens: string[] = []
  await row.user(terminal, () => screens.push(terminal.screen), place.upstream)
  terminal.paste('/quit')
  terminal.press('Enter')
  const ended = await terminal.ended()
  await place.settled()
  return { screens, ended, place, logged: how === 'alone' ? '' : loggedIn(place.home) }
}

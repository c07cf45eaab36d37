import type { TerminalEnded } from '../host/tmux.js'
import { masked } from '../host/tui-terminals.js'
import { withoutChance, withoutTapAddress } from './chance.js'
import type { TuiRow, TuiRun } from './run-tui.js'
import { type Traffic, trafficOf } from './traffic.js'

/** What must be the same in a TUI's run of a row with Tacho and without. */
export type ToldTui = Traffic & TerminalEnded & { screens: string[] }

/** A TUI's run of a row, in comparable form. */
export function toldTui({ screens, ended, place }: TuiRun, row: TuiRow): ToldTui {
  const alike = (screen: string) =>
    withoutChance(masked(withoutTapAddress(screen, place), place), place)
  const isCounted = row.notCompared?.every(({ what }) => what !== 'token usage') !== false
  const screen = alike(ended.screen)
  return {
    screens: screens.map(alike),
    exitCode: ended.exitCode,
    hasItsModes: ended.hasItsModes,
    screen: isCounted ? screen : screen.replace(/^Token usage: .*\n/m, ''),
    ...trafficOf(place, row, ended.exitCode),
  }
}

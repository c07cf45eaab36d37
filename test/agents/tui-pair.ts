import type { Terminal } from '../host/tmux.js'
import { masked, plainTui, recordedTui } from '../host/tui-terminals.js'
import type { Script } from '../scripted-model/index.js'
import { requestAlike } from './alike.js'
import { type Workplace, type WorkplaceOptions, workplace } from './workplace.js'

/** What a TUI showed and sent, without what differs between any two runs of Codex. */
export type TuiOutcome = {
  /** The screen at each `shot` and at the end. */
  screens: string[]
  exitCode: number
  hasItsModes: boolean
  /** The bodies of the model requests; requests for a title are kept separately. */
  requests: unknown[]
}

/** Codex's TUI alone and with Tacho, each in its own place, both alike. */
export type TuiPair = { alone: TuiOutcome; recorded: TuiOutcome }

export type TuiPairOptions = WorkplaceOptions & {
  args: readonly string[]
  /** Prepares both places in the same way before Codex starts. */
  prepare?: (place: Workplace) => void | Promise<void>
  /** Presses keys and waits for their effect; `/quit` follows. `shot` keeps the screen. */
  drive: (terminal: Terminal, shot: () => void, place: Workplace) => Promise<void>
  /** Looks at the recorded place before it is removed. */
  look?: (place: Workplace) => void | Promise<void>
}

/**
 * Runs Codex's TUI alone, embedded, and under record, with the same script and the same keys.
 *
 * @example
 * const { alone, recorded } = await tuiPair([{ text: 'Hello.' }], {
 *   args: ['Say hello'],
 *   drive: async (terminal) => void (await terminal.showing('Hello.')),
 * })
 * expect(recorded).toEqual(alone)
 */
export async function tuiPair(script: Script, options: TuiPairOptions): Promise<TuiPair> {
  const [alone, recorded] = await Promise.all([
    outcomeOf(script, options, plainTui),
    outcomeOf(script, options, recordedTui, options.look),
  ])
  return { alone, recorded }
}

async function outcomeOf(
  script: Script,
  options: TuiPairOptions,
  start: typeof plainTui,
  look?: TuiPairOptions['look'],
): Promise<TuiOutcome> {
  const { args, prepare, drive } = options
  await using place = await workplace(script, options)
  await prepare?.(place)
  await using terminal = await start(place, args)
  const screens: string[] = []
  await drive(terminal, () => screens.push(masked(terminal.screen, place)), place)
  terminal.paste('/quit')
  terminal.press('Enter')
  const { screen, exitCode, hasItsModes } = await terminal.ended()
  await look?.(place)
  return {
    screens: [...screens, masked(screen, place)],
    exitCode,
    hasItsModes,
    requests: modelRequests(place),
  }
}

/** What the model was asked, in order, without ids, folders, ports and times. */
export function modelRequests(place: Workplace): unknown[] {
  return place.model.exchanges
    .filter(({ number }) => number !== undefined)
    .map(({ requestBody }) => requestAlike(masked(requestBody.toString(), place), place))
}

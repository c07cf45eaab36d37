import { homedir } from 'node:os'
import { homePath, switchedOn, wrongSwitch } from '@tacho/format'

/** Tacho's switches for a run, from flags and the environment; a flag wins. */
export type Switches = {
  persistSession: boolean
  /** Whether `--persist-session` was typed rather than set in the environment. */
  isAskedFor: boolean
  /** Set if there is a debug log; its path, if one is named. */
  debugLog: { path?: string } | undefined
  sessionsDir: string | undefined
  /**
   * `--no-scrub`: secrets are recorded as they are sent. Only a flag, so that no forgotten variable
   * does this.
   */
  noScrub: boolean
  /** `--explain-setup`: nothing is run. */
  explainSetup?: true
  logLevel: string | undefined
  /**
   * A variable with an invalid value. It prevents only conversations from starting, and only if
   * persistence is requested.
   */
  wrong?: WrongUse
  /** The agent's own arguments, without Tacho's. */
  args: string[]
}

/** A flag or a variable with an invalid value. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse'
  readonly code = 'wrong-use'
  readonly exitCode = 2
}

/**
 * Takes Tacho's flags out of an agent's arguments; they may be anywhere before `--`.
 *
 * @throws WrongUse if a flag has an invalid value.
 */
export function readSwitches(args: readonly string[], environment: NodeJS.ProcessEnv): Switches {
  const end = args.indexOf('--')
  const ours = end < 0 ? args : args.slice(0, end)
  const rest: string[] = []
  const fromEnvironment = environment.TACHO_DEBUG_LOG
  const switches: Switches = {
    persistSession: false,
    isAskedFor: false,
    debugLog: fromEnvironment ? { path: fromEnvironment } : undefined,
    sessionsDir: environment.TACHO_SESSIONS_DIR || undefined,
    noScrub: false,
    logLevel: environment.TACHO_LOG_LEVEL || undefined,
    args: rest,
  }
  try {
    switches.persistSession = isOn('TACHO_PERSIST_SESSION', environment.TACHO_PERSIST_SESSION)
  } catch (error) {
    switches.wrong = error as WrongUse
  }
  for (let index = 0; index < ours.length; index += 1) {
    const argument = ours[index] ?? ''
    const next = ours[index + 1]
    const [flag = '', value] = splitFlag(argument)
    if (flag === '--persist-session') {
      switches.persistSession = value === undefined || isOn(flag, value)
      switches.isAskedFor = switches.persistSession
      delete switches.wrong
    } else if (flag === '--no-scrub') {
      switches.noScrub = value === undefined || isOn(flag, value)
    } else if (argument === '--explain-setup') {
      switches.explainSetup = true
    } else if (flag === '--debug-log') {
      const takesNext = value === undefined && next !== undefined && looksLikePath(next)
      const path = value ?? (takesNext ? next : undefined)
      if (takesNext) index += 1
      switches.debugLog = path ? { path } : {}
    } else if (flag === '--sessions-dir') {
      const directory = value ?? next
      if (!directory || (value === undefined && directory.startsWith('-'))) {
        throw new WrongUse('--sessions-dir needs a folder: --sessions-dir DIR')
      }
      if (value === undefined) index += 1
      switches.sessionsDir = directory
    } else {
      rest.push(argument)
    }
  }
  if (end >= 0) rest.push(...args.slice(end))
  return switches
}

/** Expands a leading `~/` in a path. */
export function withHome(path: string): string {
  return homePath(path, homedir())
}

function isOn(name: string, value: string | undefined): boolean {
  const isOn = switchedOn(value)
  if (isOn === undefined) throw new WrongUse(wrongSwitch(name, value))
  return isOn
}

function splitFlag(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=')
  if (!argument.startsWith('--') || at < 0) return [argument, undefined]
  return [argument.slice(0, at), argument.slice(at + 1)]
}

// The path of `--debug-log` is optional, and a prompt or a subcommand may come next: a path is one
// word that contains a slash or ends with a suffix. `--debug-log=PATH` takes anything.
function looksLikePath(argument: string): boolean {
  return (
    /^[^-\s]\S*$/.test(argument) && (argument.includes('/') || /\.[A-Za-z0-9]{1,8}$/.test(argument))
  )
}

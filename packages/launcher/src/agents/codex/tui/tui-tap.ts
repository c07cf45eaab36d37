import type { AgentStart } from '../../../process/run-agent.js'
import { HookTap } from '../../../taps/hooks/hook-tap.js'
import type { LateRecording } from '../../../taps/late-recording.js'
import { withOptions } from '../../with-options.js'
import { readConfig, tableAt, valuesOf } from '../config.js'
import { abilitiesOf, type TuiAbilities } from './abilities.js'
import {
  definitionOptions,
  type HookEvent,
  hookDefinitions,
  trustOptions,
} from './hook-definitions.js'
import { HookMessages } from './hook-messages.js'
import { askedTrust, ownTrust } from './hook-trust.js'
import { KnownPrograms } from './known-programs.js'

export type TuiTapOptions = {
  start: AgentStart
  /** The user's own arguments. */
  args: readonly string[]
  late: LateRecording
  /** Whether Codex's log events report who decided. */
  hearsDecisions: boolean
}

/**
 * Starts Codex's TUI with Tacho's hooks next to the user's own, which report what the user is
 * asked, and interrupts. If this Codex or this start does not allow that, the log says so.
 */
export async function tapTui({
  start,
  args,
  late,
  hearsDecisions,
}: TuiTapOptions): Promise<AgentStart> {
  const known = await KnownPrograms.open(start)
  const abilities = known.abilities ?? abilitiesOf(start.command, start.environment)
  const messages = new HookMessages()
  let tap: HookTap | undefined
  try {
    const reason = reasonAgainst(args, start.environment)
    if (reason !== undefined) throw new Error(reason)
    tap = await HookTap.open({
      environment: start.environment,
      onMessage: (message) => late.with((recording) => messages.take(message, recording)),
      onTrouble: (words) => late.log('warn', 'tacho', `a question may not be recorded: ${words}`),
    })
    const options = await hookOptions({ tap, start, args, hearsDecisions, known, abilities })
    return withHooks(await withoutDaemon(start, args, abilities), options, tap)
  } catch (error) {
    await tap?.close()
    const words = error instanceof Error ? error.message : String(error)
    late.log('warn', 'tacho', `what the user is asked and answers is not recorded: ${words}`)
    return withoutDaemon(start, args, abilities)
  }
}

function withHooks(start: AgentStart, options: readonly string[], tap: HookTap): AgentStart {
  return {
    ...start,
    args: withOptions(start.args, options),
    async onEnd() {
      await start.onEnd?.()
      await tap.close()
    },
  }
}

async function hookOptions({
  tap,
  start,
  args,
  hearsDecisions,
  known,
  abilities,
}: Pick<TuiTapOptions, 'start' | 'args' | 'hearsDecisions'> & {
  tap: HookTap
  known: KnownPrograms
  abilities: TuiAbilities | Promise<TuiAbilities>
}): Promise<string[]> {
  const definitions = hookDefinitions(eventsFor(hearsDecisions), tap.command, args)
  const isKnown = known.abilities !== undefined
  const trust = isKnown ? ownTrust(definitions) : await askedTrust(definitions, start)
  if ('reason' in trust) throw new Error(trust.reason)
  if (!isKnown && trust.isAsOurs) await known.add(await abilities)
  return [...definitionOptions(definitions), ...trustOptions(trust.hashes, args)]
}

/** Each hook starts a process: none is needed for decisions that Codex's log events report. */
function eventsFor(hearsDecisions: boolean): HookEvent[] {
  const always: HookEvent[] = ['PreToolUse', 'PermissionRequest', 'Interrupt', 'Stop']
  return hearsDecisions ? always : [...always, 'PostToolUse']
}

function reasonAgainst(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (process.platform === 'win32') return 'that cannot be done on Windows yet'
  if (isRemote(args)) return 'with --remote Codex works elsewhere'
  const isOff =
    tableAt(readConfig(args, environment), 'features').hooks === false ||
    valuesOf(args, ['--disable']).includes('hooks')
  return isOff ? 'the hooks of this Codex are switched off' : undefined
}

function isRemote(args: readonly string[]): boolean {
  return valuesOf(args, ['--remote']).length > 0
}

/**
 * Tacho's options do not reach the app-server that all of the user's TUIs share, so Codex runs
 * without it: either on its own, with a warning, or without a warning if told to (Codex 0.169). The
 * warning appears only where it would appear without Tacho too.
 */
async function withoutDaemon(
  start: AgentStart,
  args: readonly string[],
  abilities: TuiAbilities | Promise<TuiAbilities>,
): Promise<AgentStart> {
  const isSettled = has(args, '--no-daemon') || isRemote(args) || isWithoutDaemon(args)
  if (isSettled || !(await abilities).noDaemon) return start
  return { ...start, args: withOptions(start.args, ['--no-daemon']) }
}

const EMBEDDING = [
  '--search',
  '--strict-config',
  '--approve-for-me',
  '--dangerously-bypass-hook-trust',
]

function isWithoutDaemon(args: readonly string[]): boolean {
  return (
    valuesOf(args, ['-c', '--config', '-p', '--profile']).length > 0 ||
    EMBEDDING.some((name) => has(args, name))
  )
}

function has(args: readonly string[], flag: string): boolean {
  const end = args.indexOf('--')
  return (end < 0 ? args : args.slice(0, end)).includes(flag)
}

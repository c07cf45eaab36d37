import { CannotStart, endLike, runAgent } from '../agent-process/run-agent.js'
import { readSwitches, type Switches, WrongUse } from '../switches.js'
import { findCodex, NoCodex } from './find-codex.js'
import type { RecordedRun } from './recorded-run.js'
import { type CodexMode, codexMode } from './subcommand.js'
import { say } from './troubles.js'

/**
 * `tacho codex`: runs the real Codex with its own arguments and ends as it ended. What recording
 * needs is loaded only where something is to be recorded.
 */
export async function codex(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  try {
    const switches = readSwitches(args, environment)
    const program = findCodex(environment)
    const mode = codexMode(switches.args)
    if (switches.isAskedFor && mode === undefined)
      say('this command of Codex holds no session: nothing is recorded.')
    const isRecorded =
      mode !== undefined && (switches.persistSession || switches.debugLog !== undefined)
    endLike(
      isRecorded
        ? await record({ codex: program, mode, switches })
        : await runPlain(program, switches.args),
    )
  } catch (error) {
    if (error instanceof WrongUse) return refuse(error.message, 2)
    if (error instanceof NoCodex || error instanceof CannotStart)
      return refuse(error.message, error.exitCode)
    throw error
  }

  function runPlain(command: string, ownArgs: readonly string[]) {
    return runAgent({ command, args: ownArgs, environment })
  }

  async function record(run: RecordedRun) {
    const { recordCodex } = await import('./record-codex.js')
    return recordCodex(run, environment)
  }
}

function refuse(message: string, exitCode: number): void {
  say(message)
  process.exitCode = exitCode
}

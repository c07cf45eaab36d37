import { codexMode } from '../agents/codex/subcommand.js'
import { findCodex } from './find-program.js'
import { say } from './notices.js'
import { endLike, runAgent } from './process/run-agent.js'
import type { RecordedRun } from './recorded-run.js'
import { isRefusal } from './refusal.js'
import { readSwitches } from './switches.js'

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
    if (!isRefusal(error)) throw error
    say(error.message)
    process.exitCode = error.exitCode
  }

  function runPlain(command: string, ownArgs: readonly string[]) {
    return runAgent({ command, args: ownArgs, environment })
  }

  async function record(run: RecordedRun) {
    const recorder = await loadRecorder()
    if (recorder === undefined) return runPlain(run.codex, run.switches.args)
    return recorder.recordCodex(run, environment)
  }
}

async function loadRecorder(): Promise<typeof import('./record-agent.js') | undefined> {
  try {
    return await import('./record-agent.js')
  } catch (error) {
    const [reason] = String(error).split('\n')
    say(`this session is not recorded. A part of Tacho is missing; install it anew. (${reason})`)
    return undefined
  }
}

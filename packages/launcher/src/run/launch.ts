import type { Agent, AgentMode } from '../agents/agent.js'
import { type AgentEnded, endLike, runAgent } from '../process/run-agent.js'
import { findNamed, findProgram } from './find-program.js'
import { namedProgram } from './named-program.js'
import { say } from './notices.js'
import type { RecordedRun } from './recorded-run.js'
import { isRefusal } from './refusal.js'
import { readSwitches, type Switches } from './switches.js'

/**
 * Runs `tacho <agent> …`: the real agent with its own arguments, ending as it ends. Recording code
 * is loaded only if something is to be recorded.
 */
export async function launch(
  agent: Agent,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  try {
    endLike(await run(agent, args, environment))
  } catch (error) {
    if (!isRefusal(error)) throw error
    say(error.message)
    process.exitCode = error.exitCode
  }
}

async function run(
  agent: Agent,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<AgentEnded> {
  const read = readSwitches(args, environment)
  if (read.explainSetup) {
    const { explainSetup } = await import('./explain-setup.js')
    process.stdout.write(await explainSetup(agent, process.cwd(), environment))
    return { exitCode: 0 }
  }
  const { program, options, switches } = programOf(agent, read, environment)
  const mode = agent.modeOf(switches.args)
  if (switches.isAskedFor && mode === undefined)
    say(`this command of ${agent.title} holds no session: nothing is recorded.`)
  if (mode !== undefined && switches.wrong !== undefined) throw switches.wrong
  const isRecorded = switches.persistSession || switches.debugLog !== undefined
  if (mode !== undefined && isRecorded) {
    const run = {
      ...(await insideOf(agent, mode, { program, options, switches })),
      program,
      options,
      switches,
    }
    const recorder = await loadRecorder(run.agent, environment)
    if (recorder !== undefined) return recorder.record(run)
  }
  return runAgent({ command: program, args: switches.args, environment })
}

/**
 * Returns the agent whose run this is: if the program is a known agent, that one, unless options
 * say how to record it.
 */
async function insideOf(
  agent: Agent,
  mode: AgentMode,
  { program, options, switches: { args } }: Pick<RecordedRun, 'program' | 'options' | 'switches'>,
): Promise<Pick<RecordedRun, 'agent' | 'mode'>> {
  const inside = options.length === 0 ? await agent.inside?.(program, args) : undefined
  const itsMode = inside?.modeOf(args)
  return inside === undefined || itsMode === undefined
    ? { agent, mode }
    : { agent: inside, mode: itsMode }
}

/** Returns the program to run, and the switches with only its arguments. */
function programOf(
  agent: Agent,
  switches: Switches,
  environment: NodeJS.ProcessEnv,
): Pick<RecordedRun, 'program' | 'options' | 'switches'> {
  if (agent.program !== undefined)
    return { program: findProgram(agent.program, environment), options: [], switches }
  const { options, command, args } = namedProgram(agent.name, switches.args)
  agent.checkOptions?.(options, environment)
  return { program: findNamed(command, environment), options, switches: { ...switches, args } }
}

type Recorder = {
  record: (run: RecordedRun) => Promise<AgentEnded>
}

async function loadRecorder(
  agent: Agent,
  environment: NodeJS.ProcessEnv,
): Promise<Recorder | undefined> {
  try {
    const { loadCompiled } = await import('./compiled.js')
    const compiled = loadCompiled(environment)
    const [{ recordAgent }, recorded] = await Promise.all([
      import('./record-agent.js'),
      agent.load(),
    ])
    return {
      record: (run) => recordAgent(run, recorded, environment).finally(() => compiled.keep()),
    }
  } catch (error) {
    const [reason] = String(error).split('\n')
    say(`this session is not recorded. Part of Tacho is missing; reinstall it. (${reason})`)
    return undefined
  }
}

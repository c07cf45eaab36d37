import type { Tap } from '@tacho/format'
import {
  isLogLevel,
  LOG_LEVELS,
  type LogLevel,
  type Recording,
  type RecordingOptions,
} from '@tacho/recorder'
import type { AgentTaps, RecordedAgent } from '../agents/agent.js'
import { areDescriptorsFree, NEEDED_DESCRIPTORS } from '../process/free-descriptors.js'
import { type AgentEnded, type AgentStart, runAgent } from '../process/run-agent.js'
import { LateRecording } from '../taps/late-recording.js'
import { canReadStderr } from '../taps/stderr/can-read-stderr.js'
import { relayStderr } from '../taps/stderr/relay-stderr.js'
import { leaveStandardOutput } from '../terminal/standard-output.js'
import { debugLogPath, debugLogWithoutSession } from './debug-log.js'
import { Notices, say } from './notices.js'
import type { RecordedRun } from './recorded-run.js'
import { isList, type ListeningTaps, startTaps } from './start-taps.js'
import { type Switches, WrongUse, withHome } from './switches.js'

const TOO_FEW_DESCRIPTORS = `this session is not recorded. Fewer than ${NEEDED_DESCRIPTORS} more files can be opened; raise the limit with ulimit -n.`

/** How long an agent may run before its recording is opened, if it asks for nothing until then. */
const IDLE_MILLISECONDS = 500

const NOT_SCRUBBED =
  '--no-scrub: secrets are recorded, and sent on where OTEL_* variables name a collector, as they are; tacho scrub replaces them afterwards.'

/**
 * Runs an agent under record. Any part of Tacho that does not work is reported in a line and
 * skipped; the agent runs and ends as it would without Tacho.
 *
 * @throws WrongUse if a switch has an invalid value.
 * @throws CannotStart if the agent cannot be started.
 */
export async function recordAgent(
  run: RecordedRun,
  recorded: RecordedAgent,
  environment: NodeJS.ProcessEnv,
): Promise<AgentEnded> {
  const { agent, program, mode, switches } = run
  const notices = new Notices(mode.hasScreen ?? false)
  try {
    const level = logLevelOf(switches)
    const path = debugLogPath(switches.debugLog?.path)
    if (!areDescriptorsFree()) {
      const running = runAgent(plainStart(run, environment))
      // Once it has started: the first write to a pipe takes a descriptor that the start may need.
      notices.tell(TOO_FEW_DESCRIPTORS)
      return await running
    }
    // If the agent speaks through us, standard output is ours, and the agent writes to a pipe.
    if (!mode.speaksThroughUs) leaveStandardOutput()
    if (!switches.persistSession) return await runWithLog(run, environment, level, notices)
    // Before the agent has the screen, so that anyone who sees it can still stop.
    if (switches.noScrub) say(NOT_SCRUBBED)
    const tell = (sentence: string) => notices.tell(sentence)
    return await runRecorded(run, { recorded, environment, tell }, async (seen) => {
      const { openRecording } = await import('./open-recording.js')
      return openRecording({
        root: rootOf(run, environment),
        isSessionId: recorded.isSessionId,
        command: mode.name,
        argv: agent.program === undefined ? [program, ...switches.args] : switches.args,
        cwd: cwdOf(run, recorded),
        environment,
        logLevel: level,
        logPath: path,
        isScrubbed: !switches.noScrub,
        onTrouble: tell,
        lateCancelMilliseconds: mode.lateCancelMilliseconds,
        ...seen,
      })
    })
  } finally {
    notices.flush()
  }
}

type Surroundings = {
  recorded: RecordedAgent
  environment: NodeJS.ProcessEnv
  tell: (sentence: string) => void
}

async function runRecorded(
  run: RecordedRun,
  { recorded, environment, tell }: Surroundings,
  openWith: (seen: Seen) => Promise<Recording | undefined>,
): Promise<AgentEnded> {
  const late = new LateRecording()
  const { agent, program, mode, switches } = run
  const opening = `recording ${program} (${mode.name}) in ${cwdOf(run, recorded)}`
  late.with((recording) => recording.logStart(opening))
  const { args } = switches
  const cwd = cwdOf(run, recorded)
  // Its lines are logged as `info`.
  const readsStderr = canReadStderr() && !['error', 'warn'].includes(logLevelOf(switches))
  const taps = recorded.tapsOf({
    ...{ mode, args, cwd, program, options: run.options, environment },
    ...{ root: rootOf(run, environment), late, tell },
  })
  const listening = await startTaps({
    ...{ title: agent.title, agent: recorded, taps },
    ...{ args, environment, late, tell },
  })
  const open = async () => {
    const recording = await openWith({
      ...seenBy(agent.name, taps, listening, readsStderr),
      clock: late.clock,
    })
    if (taps.sessionId !== undefined) recording?.session(taps.sessionId)
    return recording
  }
  let ended: AgentEnded = { exitCode: 127 }
  let opened: Promise<void> | undefined
  try {
    const { change = (start) => start } = taps
    const led = change({ args: listening.args, environment: listening.environment })
    const started = withStderr(
      {
        command: program,
        ...led,
        onSignal: (signal) => late.with((recording) => recording.signalled(signal)),
      },
      (bytes) => late.with((recording) => recording.agentOutput(bytes)),
    )
    // If the agent's client talks only through us, the recording must be ready first.
    if (mode.speaksThroughUs) {
      opened = late.open(open)
      await opened
    }
    const running = runAgent(await withOwnTap(started, taps, late, listening))
    opened ??= late.open(() => late.wanted.then(open))
    listening.started()
    const idle = setTimeout(() => late.want(), IDLE_MILLISECONDS)
    ended = await running.finally(() => clearTimeout(idle))
    return ended
  } finally {
    late.want()
    await (opened ?? late.open(open))
    const how = 'signal' in ended ? ended.signal : `exit code ${ended.exitCode}`
    late.with((recording) => recording.logEnd(`${agent.name} ended: ${how}`))
    const recording = await late.ready
    // Whatever fails here, the agent has already ended.
    for (const close of [
      () => listening.close(),
      async () => taps.close?.(),
      async () => recording?.close(ended),
    ]) {
      await close().catch((error: unknown) => late.log('error', 'tacho', String(error)))
    }
  }
}

/** Returns the agent's working folder, which its arguments can change. */
function cwdOf({ switches }: RecordedRun, { cwdOf: own }: RecordedAgent): string {
  const here = currentFolder()
  return own?.(switches.args, here) ?? here
}

// The folder may be gone; what the agent does then is its own affair.
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return process.env.PWD || '/'
  }
}

/** What the taps of a run see. */
type Seen = Required<Pick<RecordingOptions, 'agent' | 'taps' | 'clock'>> &
  Pick<RecordingOptions, 'provider' | 'idleTimeout'>

function seenBy(
  name: string,
  { title, http, jsonRpc, acp, streamJson, hooks, serverEvents }: AgentTaps,
  { heard: { logEvents } }: ListeningTaps,
  readsStderr: boolean,
): Omit<Seen, 'clock'> {
  const agent = { name, ...(title !== undefined && { title }) }
  const taps: Tap[] = []
  if (!('reason' in http)) taps.push('http')
  if (jsonRpc !== undefined) taps.push('json-rpc')
  if (acp !== undefined) taps.push('acp')
  if (streamJson !== undefined) taps.push('stream-json')
  if (logEvents) taps.push('log-events')
  if (hooks !== undefined) taps.push('hooks')
  if (serverEvents !== undefined) taps.push('server-events')
  if (readsStderr) taps.push('stderr')
  // With several upstreams, each exchange names its own.
  if ('reason' in http || isList(http)) return { agent, taps }
  return { agent, taps, provider: http.name, idleTimeout: http.idleTimeout }
}

/** Adds the taps that do not listen on a port but sit between the agent and its user. */
async function withOwnTap(
  start: AgentStart,
  { jsonRpc, acp, streamJson, hooks, serverEvents }: AgentTaps,
  late: LateRecording,
  { heard }: ListeningTaps,
): Promise<AgentStart> {
  const listened = serverEvents === undefined ? start : await serverEvents(start)
  const hooked = hooks === undefined ? listened : await hooks(listened, heard)
  const between = jsonRpc ?? acp ?? streamJson
  const recording = between && (await late.ready)
  return recording === undefined ? hooked : (between?.(hooked, recording) ?? hooked)
}

/** Writes only a debug log: the agent's standard error goes to it, and nothing else is touched. */
async function runWithLog(
  run: RecordedRun,
  environment: NodeJS.ProcessEnv,
  level: LogLevel,
  notices: Notices,
): Promise<AgentEnded> {
  const { openDebugLog } = await import('./open-recording.js')
  const { agent, program, mode, switches } = run
  const path = debugLogWithoutSession(switches.debugLog?.path, agent.home(environment))
  const debugLog = openDebugLog({
    path,
    level,
    environment,
    onTrouble: (line) => notices.tell(line),
  })
  debugLog.log(
    'info',
    'tacho',
    `${program} (${mode.name}) in ${currentFolder()}; no session is recorded`,
  )
  const output = debugLog.output(agent.name)
  try {
    return await runAgent(withStderr(plainStart(run, environment), (bytes) => output.push(bytes)))
  } finally {
    output.end()
    debugLog.close()
  }
}

function rootOf({ agent, switches }: RecordedRun, environment: NodeJS.ProcessEnv): string {
  const { sessionsDir } = switches
  return sessionsDir === undefined ? agent.sessionsRoot(environment) : withHome(sessionsDir)
}

function plainStart(run: RecordedRun, environment: NodeJS.ProcessEnv): AgentStart {
  return { command: run.program, args: run.switches.args, environment }
}

/** Reads the agent's standard error on its way, if that changes nothing. */
function withStderr(start: AgentStart, onBytes: (bytes: Uint8Array) => void): AgentStart {
  if (!canReadStderr()) return start
  return {
    ...start,
    stdio: ['inherit', 'inherit', 'pipe'],
    onStart(child) {
      // Both are absent if the agent could not start because no descriptors were free.
      if (!child.stderr) return
      relayStderr(child.stderr, onBytes)
    },
  }
}

function logLevelOf(switches: Switches): LogLevel {
  const { logLevel } = switches
  if (logLevel === undefined) return switches.debugLog === undefined ? 'info' : 'debug'
  if (isLogLevel(logLevel)) return logLevel
  throw new WrongUse(
    `TACHO_LOG_LEVEL is ${JSON.stringify(logLevel)}; it is one of ${LOG_LEVELS.join(', ')}.`,
  )
}

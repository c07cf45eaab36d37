import { join } from 'node:path'
import { isUuid } from '@tacho/format'
import { isLogLevel, LOG_LEVELS, type LogLevel, type Session } from '@tacho/recorder'
import { tapStdio } from '../agents/codex/app-server/tap-stdio.js'
import { codexHome } from '../agents/codex/home.js'
import { Rollouts } from '../agents/codex/rollouts.js'
import { type CodexTap, startTap } from '../agents/codex/taps.js'
import { tapTui } from '../agents/codex/tui/tui-tap.js'
import { canReadStderr } from '../taps/stderr/can-read-stderr.js'
import { relayStderr } from '../taps/stderr/relay-stderr.js'
import { debugLogPath, debugLogWithoutSession } from './debug-log.js'
import { LateRecording } from './late-recording.js'
import { Troubles } from './notices.js'
import { areDescriptorsFree, NEEDED_DESCRIPTORS } from './process/free-descriptors.js'
import { type AgentEnded, type AgentStart, runAgent } from './process/run-agent.js'
import { leaveStandardOutput } from './process/standard-output.js'
import type { RecordedRun } from './recorded-run.js'
import { type Switches, WrongUse, withHome } from './switches.js'

const TOO_FEW_DESCRIPTORS = `this session is not recorded. Fewer than ${NEEDED_DESCRIPTORS} more files can be opened; raise the limit with ulimit -n.`

type Log = (level: LogLevel, label: string, message: string) => void

/**
 * Runs Codex under record. Whatever of ours does not work is told in a line and left out; Codex
 * runs and ends as it would without us.
 *
 * @throws WrongUse where a switch has a value that means nothing.
 * @throws CannotStart where Codex cannot be started.
 */
export async function recordCodex(
  run: RecordedRun,
  environment: NodeJS.ProcessEnv,
): Promise<AgentEnded> {
  const troubles = new Troubles(run.mode === 'tui')
  try {
    const level = logLevelOf(run.switches)
    const path = debugLogPath(run.switches.debugLog?.path)
    if (!areDescriptorsFree()) {
      troubles.tell(TOO_FEW_DESCRIPTORS)
      return await runAgent(plainStart(run, environment))
    }
    // With an app-server it is ours, and the agent's is a pipe.
    if (run.mode !== 'app-server') leaveStandardOutput()
    if (!run.switches.persistSession) return await runWithLog(run, environment, level, troubles)
    const tell = (sentence: string) => troubles.tell(sentence)
    return await runRecorded(run, environment, tell, async () => {
      const { openRecording } = await import('./open-recording.js')
      return openRecording({
        root: rootOf(run.switches, environment),
        agent: { name: 'codex' },
        isSessionId: isUuid,
        command: run.mode,
        argv: run.switches.args,
        cwd: process.cwd(),
        environment,
        logLevel: level,
        logPath: path,
        onTrouble: tell,
        ...(run.mode === 'tui' && { lateWishMilliseconds: HOOK_MILLISECONDS }),
      })
    })
  } finally {
    troubles.flush()
  }
}

// A TUI tells that it was interrupted once it has let go of its requests.
const HOOK_MILLISECONDS = 1000

async function runRecorded(
  run: RecordedRun,
  environment: NodeJS.ProcessEnv,
  tell: (sentence: string) => void,
  open: Parameters<LateRecording['open']>[0],
): Promise<AgentEnded> {
  const late = new LateRecording()
  late.log('info', 'tacho', `recording ${run.codex} (${run.mode}) in ${process.cwd()}`)
  const rollouts = new Rollouts(codexHome(environment))
  const tap = await startTap({ args: run.switches.args, environment, late, rollouts, tell })
  let ended: AgentEnded = { exitCode: 127 }
  let opened: Promise<void> | undefined
  try {
    const start = withStderr(
      {
        ...plainStart(run, environment),
        args: tap.args,
        environment: tap.environment,
        onSignal: (signal) => late.with((recording) => recording.signalled(signal)),
      },
      (level, label, message) => late.log(level, label, message),
    )
    // Where nobody talks with the agent but through us, we must be there first.
    if (run.mode === 'app-server') {
      opened = late.open(open)
      await opened
    }
    const running = runAgent(await withOwnTap(start, run, late, { tap, rollouts }))
    tap.started()
    opened ??= late.open(open)
    ended = await running
    return ended
  } finally {
    await (opened ?? late.open(open))
    const how = 'signal' in ended ? ended.signal : `exit code ${ended.exitCode}`
    late.log('info', 'tacho', `codex ended: ${how}`)
    const recording = await late.ready
    // Whatever fails here, Codex has ended as it has.
    for (const close of [
      () => tap.close(),
      () => rollouts.close(),
      async () => recording?.close(ended),
    ]) {
      await close().catch((error: unknown) => late.log('error', 'tacho', String(error)))
    }
  }
}

/** The start with the tap that only one way to run Codex has. */
async function withOwnTap(
  start: AgentStart,
  run: RecordedRun,
  late: LateRecording,
  { tap, rollouts }: { tap: CodexTap; rollouts: Rollouts },
): Promise<AgentStart> {
  const { args } = run.switches
  if (run.mode === 'exec') return start
  if (run.mode === 'tui') return tapTui({ start, args, late, hooks: tap.hooks })
  const recording = await late.ready
  if (recording === undefined) return start
  const onThread = (id: string, session: Session) => rollouts.noteThread(id, session)
  return tapStdio({ start, args, recording, onThread })
}

/** Only a debug log is wanted: Codex's standard error goes to it, and nothing else is touched. */
async function runWithLog(
  run: RecordedRun,
  environment: NodeJS.ProcessEnv,
  level: LogLevel,
  troubles: Troubles,
): Promise<AgentEnded> {
  const { openDebugLog } = await import('./open-recording.js')
  const path = debugLogWithoutSession(run.switches.debugLog?.path, environment)
  const debugLog = openDebugLog({
    path,
    level,
    environment,
    onTrouble: (line) => troubles.tell(line),
  })
  debugLog.log(
    'info',
    'tacho',
    `${run.codex} (${run.mode}) in ${process.cwd()}; no session is recorded`,
  )
  try {
    return await runAgent(withStderr(plainStart(run, environment), debugLog.log))
  } finally {
    debugLog.close()
  }
}

function rootOf({ sessionsDir }: Switches, environment: NodeJS.ProcessEnv): string {
  return sessionsDir === undefined
    ? join(codexHome(environment), 'sessions')
    : withHome(sessionsDir)
}

function plainStart(run: RecordedRun, environment: NodeJS.ProcessEnv): AgentStart {
  return { command: run.codex, args: run.switches.args, environment }
}

/** The same start with Codex's standard error read on its way, where that changes nothing. */
function withStderr(start: AgentStart, log: Log): AgentStart {
  if (!canReadStderr()) return start
  return {
    ...start,
    stdio: ['inherit', 'inherit', 'pipe'],
    onStart(child) {
      // Not there either where Codex could not be started for want of descriptors.
      if (!child.stderr) return
      relayStderr(child.stderr, (line) => log('info', 'codex', line))
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

import { join } from 'node:path'
import {
  CannotRecord,
  isLogLevel,
  LOG_LEVELS,
  type LogLevel,
  openDebugLog,
  Recording,
  type Session,
} from '@tacho/recorder'
import { relayStderr } from '../agent-process/relay-stderr.js'
import { type AgentEnded, type AgentStart, runAgent } from '../agent-process/run-agent.js'
import { type Switches, WrongUse, withHome } from '../switches.js'
import { tapStdio } from './app-server/tap-stdio.js'
import { debugLogPath, debugLogWithoutSession } from './debug-log.js'
import { codexHome } from './home.js'
import type { RecordedRun } from './recorded-run.js'
import { Rollouts } from './rollouts.js'
import { canReadStderr } from './stderr.js'
import { startTap } from './tap.js'
import { Troubles } from './troubles.js'
import { tapTui } from './tui/tui-tap.js'

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
    if (!run.switches.persistSession) return await runWithLog(run, environment, level, troubles)
    const recording = openRecording(run, environment, level, troubles)
    if (recording === undefined) return await runAgent(plainStart(run, environment))
    return await runRecorded(run, environment, recording)
  } finally {
    troubles.flush()
  }
}

async function runRecorded(
  run: RecordedRun,
  environment: NodeJS.ProcessEnv,
  recording: Recording,
): Promise<AgentEnded> {
  const log: Log = (level, label, message) => recording.log(level, label, message)
  log('info', 'tacho', `recording ${run.codex} (${run.mode}) in ${process.cwd()}`)
  const rollouts = new Rollouts(codexHome(environment))
  const tap = await startTap({ args: run.switches.args, environment, recording, rollouts })
  let ended: AgentEnded = { exitCode: 127 }
  try {
    const start: AgentStart = {
      ...plainStart(run, environment),
      args: tap.args,
      environment: tap.environment,
      onSignal: (signal) => recording.signalled(signal),
    }
    ended = await runAgent(await withAppServerTap(withStderr(start, log), run, recording, rollouts))
    return ended
  } finally {
    const how = 'signal' in ended ? ended.signal : `exit code ${ended.exitCode}`
    log('info', 'tacho', `codex ended: ${how}`)
    // Whatever fails here, Codex has ended as it has.
    for (const close of [() => tap.close(), () => rollouts.close(), () => recording.close(ended)]) {
      await close().catch((error: unknown) => log('error', 'tacho', String(error)))
    }
  }
}

async function withAppServerTap(
  start: AgentStart,
  run: RecordedRun,
  recording: Recording,
  rollouts: Rollouts,
): Promise<AgentStart> {
  const { args } = run.switches
  const onThread = (id: string, session: Session) => rollouts.noteThread(id, session)
  if (run.mode === 'app-server') return tapStdio({ start, args, recording, onThread })
  if (run.mode === 'tui') return tapTui({ start, recording, onThread })
  return start
}

/** Only a debug log is wanted: Codex's standard error goes to it, and nothing else is touched. */
async function runWithLog(
  run: RecordedRun,
  environment: NodeJS.ProcessEnv,
  level: LogLevel,
  troubles: Troubles,
): Promise<AgentEnded> {
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

function openRecording(
  run: RecordedRun,
  environment: NodeJS.ProcessEnv,
  logLevel: LogLevel,
  troubles: Troubles,
): Recording | undefined {
  const { sessionsDir, debugLog, args } = run.switches
  const root =
    sessionsDir === undefined ? join(codexHome(environment), 'sessions') : withHome(sessionsDir)
  const logPath = debugLogPath(debugLog?.path)
  try {
    return new Recording({
      root,
      agent: { name: 'codex' },
      command: run.mode,
      argv: args,
      cwd: process.cwd(),
      environment,
      logLevel,
      logPath,
      onTrouble: (sentence) => troubles.tell(sentence),
    })
  } catch (error) {
    const reason = error instanceof CannotRecord ? error.message : String(error)
    troubles.tell(`this session is not recorded. ${reason}`)
    return undefined
  }
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
      if (child.stderr === null) return
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

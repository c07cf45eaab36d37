import {
  type AgentIdentity,
  FORMAT,
  type LiveDelivery,
  type Run,
  type RunEnded,
} from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { isoTime } from '../clock.js'
import { TACHO_VERSION } from '../version.js'
import { writeRun } from './manifest-file.js'
import { pidNamespace, processStartTicks } from './process-start.js'

/** The facts of a run that are the same for all sessions of one process. */
export type RunFacts = {
  agent: AgentIdentity
  /** The agent's mode: `exec`, `app-server`, `tui`. */
  command: string
  /** After scrubbing. */
  argv: string[]
  cwd: string
  /** Microseconds since the epoch. */
  startedAt: number
  debugLog?: string
  scrubbed?: false
}

export type RunEnd = { endedAt: string; ended: RunEnded }

/** What the manifest says about a session and its current run. */
export type RunState = {
  id: string
  traceId: string
  runId: string
  run: RunFacts
  agentVersion: string | undefined
  agentTitle: string | undefined
  exchanges: Run['exchanges']
  /** Records known to be lost, by kind. */
  lost: Record<string, number>
  /** Faults, by kind. */
  faults: Record<string, number>
  live: LiveDelivery[]
  /** Absent while it runs. */
  end: RunEnd | undefined
}

/** Writes the run to the session's manifest. Never throws. */
export function writeManifest(folder: string, scrubber: Scrubber, state: RunState): void {
  const { id, traceId, run, agentVersion: version, agentTitle: title } = state
  const agent = {
    name: run.agent.name,
    ...(version !== undefined && { version }),
    ...(title !== undefined && { title }),
  }
  const startedAt = isoTime(run.startedAt)
  try {
    const facts = { format: FORMAT, id, traceId, agent, startedAt }
    writeRun(folder, scrubber.all(facts), scrubber.all(entryOf(state)))
  } catch {
    // The logs say the same; a disk that takes no manifest takes no logs either, and that is
    // counted there.
  }
}

function entryOf(state: RunState): Run {
  const { runId, run, agentVersion, exchanges, lost, faults, live, end } = state
  const pidStarted = processStartTicks(process.pid)
  return {
    id: runId,
    tacho: TACHO_VERSION,
    ...(agentVersion !== undefined && { agentVersion }),
    pid: process.pid,
    ...(pidStarted !== undefined && { pidStarted }),
    pidNamespace: pidNamespace(),
    command: run.command,
    argv: run.argv,
    cwd: run.cwd,
    startedAt: isoTime(run.startedAt),
    ...end,
    exchanges,
    ...(Object.keys(lost).length > 0 && { lost }),
    ...(Object.keys(faults).length > 0 && { faults }),
    ...(live.length > 0 && { live }),
    ...(run.debugLog !== undefined && { debugLog: run.debugLog }),
    ...(run.scrubbed !== undefined && { scrubbed: run.scrubbed }),
  }
}

import { basename } from 'node:path'
import {
  type EndedExchanges,
  FORMAT,
  isCanonicalUuid,
  isSessionId,
  type Manifest,
  manifestCounts,
  noneEnded,
  type Run,
  traceIdOfUuid,
} from '@tacho/format'
import type { SessionRun } from '@tacho/model'
import { agentOf } from '../read-session.js'
import type { Span } from '../read-spans.js'
import type { SignsOfLife } from '../running/signs-of-life.js'
import { sessionRuns } from '../session-runs.js'

type Logs = {
  spans: ReadonlyMap<string, Span>
  endOf: SignsOfLife['endOf']
  ended: ReadonlyMap<string, Required<EndedExchanges>>
}

/**
 * Makes the manifest of a salvaged session: the old one as far as it can be read, counts from the
 * logs.
 */
export function rebuildManifest(
  folder: string,
  manifest: Manifest | undefined,
  { spans, endOf, ended }: Logs,
): Manifest {
  const counted = (run: Run): Run => ({
    ...run,
    exchanges: manifestCounts(ended.get(run.id) ?? noneEnded()),
  })
  if (manifest !== undefined) return { ...manifest, runs: manifest.runs.map(counted) }
  const id = isSessionId(basename(folder)) ? basename(folder) : ''
  const [first] = spans.values()
  const runs = sessionRuns(undefined, spans, { lives: () => false, endOf }).map((run) =>
    counted(runOf(run)),
  )
  return {
    format: FORMAT,
    id,
    traceId: first?.traceId ?? (isCanonicalUuid(id) ? traceIdOfUuid(id) : ''),
    agent: agentOf(spans.values()),
    startedAt: runs[0]?.startedAt ?? '',
    runs,
  }
}

// What only the lost manifest knew stays empty.
function runOf(run: SessionRun): Run {
  const { id, startedAt = '', endedAt, exitCode, signal, agentVersion } = run
  const ended =
    signal !== undefined ? { signal } : exitCode !== undefined ? { exitCode } : undefined
  return {
    id,
    tacho: run.tacho ?? '',
    ...(agentVersion !== undefined && { agentVersion }),
    pid: run.pid ?? 0,
    command: run.command ?? '',
    argv: [],
    cwd: run.cwd ?? '',
    startedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(ended !== undefined && { ended }),
    exchanges: { completed: 0, cancelled: 0, failed: 0 },
  }
}

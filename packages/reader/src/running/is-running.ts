import { decodeAttributes, SESSION_FILES, spanName } from '@tacho/format'
import { eventRecordOf } from '../event-record-of.js'
import { readLog } from '../read-log.js'
import { readManifest } from '../read-manifest.js'
import { readSpans } from '../read-spans.js'
import { sessionRuns } from '../session-runs.js'
import { isAlive } from './is-alive.js'
import { isSeen, signsOfLife } from './signs-of-life.js'

/**
 * `running`: a recorder writes to it. `over`: each run has recorded its end, or its process is
 * known to be gone. `silent`: a run has no recorded end, its process cannot be seen from here, and
 * nothing shows that it lives.
 */
export type Life = 'running' | 'silent' | 'over'

/**
 * Returns whether a session is being recorded; anything that may change its files asks this. Never
 * throws.
 *
 * A recorder is recognized by the lock that it holds on each log, which is visible from another PID
 * namespace and over NFS; else by its process, if that is in our own namespace; else by its
 * heartbeat (docs/reliability.md).
 */
export function isRunning(folder: string): boolean {
  return lifeOf(folder) === 'running'
}

/** Like {@link isRunning}, but also says how certain the end is. */
export function lifeOf(folder: string): Life {
  const signs = signsOfLife(folder)
  if (signs.isHeld()) return 'running'
  const read = readManifest(folder)
  const manifest = 'manifest' in read ? read.manifest : undefined
  const spans = readSpans(folder, () => undefined, {
    containing: `"name":"${spanName('session')}"`,
  })
  const runs = sessionRuns(manifest, spans, signs)
  if (runs.some(({ ended }) => ended === 'running')) return 'running'
  const named = new Set(manifest?.runs.map(({ id }) => id))
  // Without its run in the manifest, there is only a pid: it is safer to take it for alive. Its
  // event is there at once, and its span a little later.
  const unended = unendedRuns(folder)
  for (const { spanId, endedAt, attributes } of spans.values()) {
    const { pid } = decodeAttributes('session', attributes)
    if (endedAt === undefined && pid !== undefined) unended.set(spanId, pid)
  }
  const unnamed = [...unended].filter(([run]) => !named.has(run))
  if (unnamed.some(([, pid]) => isAlive(pid) || signs.isBeating())) return 'running'
  const unseen = new Set(manifest?.runs.filter((run) => !isSeen(run)).map(({ id }) => id))
  const isSilent = runs.some(({ id, ended }) => ended === 'died' && unseen.has(id))
  return isSilent || unnamed.length > 0 ? 'silent' : 'over'
}

/** Returns the pids of the runs without an end among the events. */
function unendedRuns(folder: string): Map<string, number> {
  const pids = new Map<string, number>()
  const range = { containing: '"kind":"run-' }
  for (const { value } of readLog(folder, SESSION_FILES.events, () => {}, range)) {
    const event = eventRecordOf(value)
    if (typeof event === 'string') continue
    if (event.kind === 'run-started') pids.set(event.run, event.pid)
    if (event.kind === 'run-ended') pids.delete(event.run)
  }
  return pids
}

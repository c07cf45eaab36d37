import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import {
  decodeManifest,
  FORMAT,
  type LiveDelivery,
  type Manifest,
  type Run,
  type RunEnded,
  SESSION_FILES,
} from '@tacho/format'
import { isObject } from './json-value.js'
import { MANIFEST_BYTES, RUNS } from './limits.js'
import { openRegular } from './open-regular.js'

/** The result of reading a manifest. `newer`: the folder has a format from the future. */
export type ManifestRead =
  | {
      manifest: Manifest
      /** Why it may not be what was written. */
      damage?: string
    }
  | { problem: 'missing' | 'broken'; reason: string }
  | { problem: 'newer'; format: number }

/** Reads and checks a session's `session.json`. Never throws; invalid parts are left out. */
export function readManifest(folder: string): ManifestRead {
  const opened = openRegular(join(folder, SESSION_FILES.manifest))
  if ('refused' in opened) {
    const problem = opened.refused === 'missing' ? 'missing' : 'broken'
    return { problem, reason: opened.reason }
  }
  try {
    if (opened.size > MANIFEST_BYTES)
      return { problem: 'broken', reason: 'too large to be a manifest' }
    const decoded = decodeManifest(readFileSync(opened.descriptor), crc32)
    if (!('value' in decoded)) return { problem: 'broken', reason: decoded.damage }
    return manifestOf(decoded.value, decoded.damage)
  } catch {
    return { problem: 'broken', reason: 'cannot be read' }
  } finally {
    opened[Symbol.dispose]()
  }
}

function manifestOf(value: unknown, damage: string | undefined): ManifestRead {
  if (!isObject(value)) return { problem: 'broken', reason: 'not a manifest' }
  const { format } = value
  if (typeof format !== 'number' || !Number.isSafeInteger(format) || format < 1) {
    return { problem: 'broken', reason: damage ?? 'not a manifest: it names no format' }
  }
  // A later format may end differently; but a wrong checksum of our own kind means damage.
  if (format > FORMAT) {
    return damage === undefined || !('crc' in value)
      ? { problem: 'newer', format }
      : { problem: 'broken', reason: damage }
  }
  const agent = isObject(value.agent) ? value.agent : {}
  const runs = (Array.isArray(value.runs) ? value.runs : []).filter(isObject)
  const told = damage ?? (runs.length > RUNS ? `more than ${RUNS} runs are not read` : undefined)
  return {
    ...(told !== undefined && { damage: told }),
    manifest: {
      format,
      id: textOr(value.id, ''),
      traceId: textOr(value.traceId, ''),
      agent: {
        name: textOr(agent.name, 'unknown'),
        ...(typeof agent.version === 'string' && { version: agent.version }),
        ...(typeof agent.title === 'string' && { title: agent.title }),
      },
      startedAt: textOr(value.startedAt, ''),
      runs: runs.slice(0, RUNS).map(runOf),
    },
  }
}

function runOf(value: Record<string, unknown>): Run {
  const exchanges = isObject(value.exchanges) ? value.exchanges : {}
  const ended = endedOf(value.ended)
  const [connections, prewarms] = [
    countOr(exchanges.connections, 0),
    countOr(exchanges.prewarms, 0),
  ]
  return {
    id: textOr(value.id, ''),
    tacho: textOr(value.tacho, ''),
    pid: countOr(value.pid, 0),
    command: textOr(value.command, ''),
    argv: (Array.isArray(value.argv) ? value.argv : []).filter((word) => typeof word === 'string'),
    cwd: textOr(value.cwd, ''),
    startedAt: textOr(value.startedAt, ''),
    exchanges: {
      completed: countOr(exchanges.completed, 0),
      cancelled: countOr(exchanges.cancelled, 0),
      failed: countOr(exchanges.failed, 0),
      ...(connections > 0 && { connections }),
      ...(prewarms > 0 && { prewarms }),
    },
    ...(typeof value.agentVersion === 'string' && { agentVersion: value.agentVersion }),
    ...(typeof value.pidStarted === 'string' && { pidStarted: value.pidStarted }),
    ...(typeof value.pidNamespace === 'string' && { pidNamespace: value.pidNamespace }),
    ...(typeof value.endedAt === 'string' && { endedAt: value.endedAt }),
    ...(ended !== undefined && { ended }),
    ...(isObject(value.lost) && { lost: countsOf(value.lost) }),
    ...(isObject(value.faults) && { faults: countsOf(value.faults) }),
    ...(Array.isArray(value.live) && { live: value.live.filter(isObject).map(deliveryOf) }),
    ...(typeof value.debugLog === 'string' && { debugLog: value.debugLog }),
    ...(value.scrubbed === false && { scrubbed: false }),
  }
}

function deliveryOf(value: Record<string, unknown>): LiveDelivery {
  return {
    signal: value.signal === 'logs' ? 'logs' : 'traces',
    endpoint: textOr(value.endpoint, ''),
    delivered: countOr(value.delivered, 0),
    undelivered: countOr(value.undelivered, 0),
    ...(typeof value.reason === 'string' && { reason: value.reason }),
  }
}

function endedOf(value: unknown): RunEnded | undefined {
  if (!isObject(value)) return undefined
  if (typeof value.exitCode === 'number') return { exitCode: value.exitCode }
  return typeof value.signal === 'string' ? { signal: value.signal } : undefined
}

// Kinds come from a file: one could be `__proto__`.
function countsOf(value: Record<string, unknown>): Record<string, number> {
  const counts: Record<string, number> = Object.create(null)
  for (const [kind, count] of Object.entries(value)) counts[kind] = countOr(count, 0)
  return counts
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

function countOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : otherwise
}

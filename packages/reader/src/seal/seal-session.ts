import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { decodeAttributes, SESSION_FILES, spanName } from '@tacho/format'
import { eventRecordOf } from '../event-record-of.js'
import { isAlive } from '../is-alive.js'
import { nextPartName, partName, partNumbers } from '../log-parts.js'
import { plainSize } from '../plain-size.js'
import { readLog } from '../read-log.js'
import { readManifest } from '../read-manifest.js'
import { newerFormat } from '../read-session.js'
import { readSpans } from '../read-spans.js'
import { ReaderError } from '../reader-error.js'
import { CODECS, sealingCodec } from '../sealed/codec.js'
import { endedOf, sessionRuns } from '../session-runs.js'
import { DRAFT, isSealOf, sealFile, syncFolder } from './seal-file.js'

/** A log that was sealed, and its bytes before and after. */
export type SealedLog = { file: string; plainBytes: number; sealedBytes: number }

const LOGS = [SESSION_FILES.raw, SESSION_FILES.meta, SESSION_FILES.events, SESSION_FILES.log]

/**
 * Compresses the logs of a session that is over. Each file is proved to give back every byte before
 * the plain one goes; cut short at any point, it leaves a folder that reads the same, and doing it
 * again goes on with the rest. The manifest and the agent's own transcript stay as they are.
 *
 * @param onBytes is told of plain bytes that are done.
 * @throws ReaderError `running`, `newer-format`, `cannot-seal`.
 */
export function sealSession(
  folder: string,
  onBytes: (bytes: number) => void = ignore,
): SealedLog[] {
  refuseRunning(folder)
  try {
    removeDrafts(folder)
    for (const log of LOGS) putAside(folder, log)
    return LOGS.flatMap((log) => plainParts(folder, log)).map((part) =>
      sealPart(folder, part, onBytes),
    )
  } catch (cause) {
    if (cause instanceof ReaderError) throw cause
    const reason = (cause as Error).message
    throw new ReaderError('cannot-seal', `${folder} could not be sealed: ${reason}.`, { cause })
  }
}

/** How many bytes sealing a session would compress. */
export function sealableBytes(folder: string): number {
  return LOGS.flatMap((log) => [log, ...plainParts(folder, log)])
    .map((file) => plainSize(folder, file))
    .reduce((sum, size) => sum + size, 0)
}

function ignore(): void {}

/** @throws ReaderError `running`, `newer-format`. */
export function refuseRunning(folder: string): void {
  const read = readManifest(folder)
  if ('problem' in read && read.problem === 'newer') throw newerFormat(folder, read.format)
  const manifest = 'manifest' in read ? read.manifest : undefined
  const spans = readSpans(
    folder,
    () => undefined,
    (line) => line.includes(`"name":"${spanName('session')}"`),
  )
  const named = new Set(manifest?.runs.map((run) => run.id))
  // Without its run in the manifest, a pid is all there is: better refused once too often. Its event
  // is there at once, and its span a little later.
  const unended = unendedRuns(folder)
  for (const span of spans.values()) {
    const { pid } = decodeAttributes('session', span.attributes)
    if (span.endedAt === undefined && pid !== undefined) unended.set(span.spanId, pid)
  }
  const isUnnamedRunning = [...unended].some(([run, pid]) => !named.has(run) && isAlive(pid))
  if (!isUnnamedRunning && endedOf(sessionRuns(manifest, spans)) !== 'running') return
  throw new ReaderError('running', `The session in ${folder} is running.`)
}

/** The pids of the runs whose end is not among the events. */
function unendedRuns(folder: string): Map<string, number> {
  const pids = new Map<string, number>()
  const wanted = (line: Buffer): boolean => line.includes('"kind":"run-')
  for (const { value } of readLog(folder, SESSION_FILES.events, () => {}, { wanted })) {
    const event = eventRecordOf(value)
    if (typeof event === 'string') continue
    if (event.kind === 'run-started') pids.set(event.run, event.pid)
    if (event.kind === 'run-ended') pids.delete(event.run)
  }
  return pids
}

/** What sealings that were killed left behind: nothing of theirs counts before it has its name. */
function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = DRAFT.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true })
  }
}

// A run that begins now opens a new file and is not touched by what is done to this one.
function putAside(folder: string, log: string): void {
  if (plainSize(folder, log) === 0) return
  renameSync(join(folder, log), join(folder, nextPartName(folder, log)))
}

function plainParts(folder: string, log: string): string[] {
  const names = readdirSync(folder)
  return partNumbers(names, log)
    .map((number) => partName(log, number))
    .filter((name) => names.includes(name))
}

function sealPart(folder: string, part: string, onBytes: (bytes: number) => void): SealedLog {
  const plain = join(folder, part)
  // An earlier sealing was cut short after it had put the sealed file into place.
  const earlier = CODECS.map(({ extension }) => `${plain}${extension}`).find((path) =>
    existsSync(path),
  )
  const sealed = earlier ?? `${plain}${sealingCodec.extension}`
  const plainBytes = plainSize(folder, part)
  if (earlier !== undefined && isSealOf(earlier, plain)) onBytes(plainBytes)
  else sealFile(plain, sealed, onBytes)
  syncFolder(folder)
  rmSync(plain, { force: true })
  syncFolder(folder)
  const file = sealed.slice(folder.length + 1)
  return { file, plainBytes, sealedBytes: lstatSync(sealed).size }
}

import { existsSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { nextPartName, partName, partNumbers } from '../log-parts.js'
import { plainSize } from '../plain-size.js'
import { readManifest } from '../read-manifest.js'
import { newerFormat } from '../read-session.js'
import { ReaderError } from '../reader-error.js'
import { ownFile } from '../running/file-lock.js'
import { isAlive } from '../running/is-alive.js'
import { lifeOf } from '../running/is-running.js'
import { CODECS, sealingCodec } from '../sealed/codec.js'
import { keepRest } from './keep-rest.js'
import { DRAFT, isSealOf, sealFile, syncFolder } from './seal-file.js'

/** A log that was sealed, with its size before and after. */
export type SealedLog = { file: string; plainBytes: number; sealedBytes: number }

/**
 * How long files that were put aside are left alone if it is not certain that a session is over:
 * three times the interval at which a recorder checks whether its file is still in place (the
 * recorder's `SYNC_MILLISECONDS`). A live one writes to another file by then.
 */
const UNSURE_MILLISECONDS = 1_500

const LOGS = [SESSION_FILES.raw, SESSION_FILES.meta, SESSION_FILES.events, SESSION_FILES.log]

/**
 * Compresses the logs of a session that is over. Each sealed file is verified to restore every byte
 * before the plain one is deleted; an interruption at any point leaves a folder that reads the
 * same, and another call continues with the rest. The manifest and the agent's own transcript stay
 * as they are.
 *
 * @param onBytes receives how many plain bytes are done.
 * @throws ReaderError `running`, `newer-format`, `cannot-seal`.
 */
export function sealSession(
  folder: string,
  onBytes: (bytes: number) => void = ignore,
): SealedLog[] {
  refuseNewer(folder)
  const isSure = requireOver(folder)
  try {
    removeDrafts(folder)
    for (const log of LOGS) putAside(folder, log)
    const asideAt = performance.now()
    // A run announces itself before it opens a log: one that has opened what was just put aside is
    // seen now, and one that is not seen now finds other files.
    requireOver(folder)
    const waitsUntil = isSure ? 0 : asideAt + UNSURE_MILLISECONDS
    return LOGS.flatMap((log) =>
      plainParts(folder, log).map((part) => sealPart(folder, log, part, { onBytes, waitsUntil })),
    )
  } catch (cause) {
    if (cause instanceof ReaderError) throw cause
    const reason = (cause as Error).message
    throw new ReaderError('cannot-seal', `${folder} could not be sealed: ${reason}.`, { cause })
  }
}

/** Returns how many bytes sealing a session would compress. */
export function sealableBytes(folder: string): number {
  return LOGS.flatMap((log) => [log, ...plainParts(folder, log)])
    .map((file) => plainSize(folder, file))
    .reduce((sum, size) => sum + size, 0)
}

function ignore(): void {}

/**
 * Throws if a session is being recorded, for anything that changes its files.
 *
 * @throws ReaderError `running`, `newer-format`.
 */
export function refuseRunning(folder: string): void {
  refuseNewer(folder)
  requireOver(folder)
}

function refuseNewer(folder: string): void {
  const read = readManifest(folder)
  if ('problem' in read && read.problem === 'newer') throw newerFormat(folder, read.format)
}

/** @returns whether it is certain that the session is over. */
function requireOver(folder: string): boolean {
  const life = lifeOf(folder)
  if (life === 'running') throw running(folder)
  return life === 'over'
}

function running(folder: string): ReaderError {
  return new ReaderError('running', `The session in ${folder} is running.`)
}

/** Removes what killed sealings left behind: it does not count before it has its final name. */
function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = DRAFT.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true })
  }
}

// A run that begins now opens a new file and is not affected.
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

type Sealing = {
  onBytes: (bytes: number) => void
  /** On the monotonic clock: until then, somebody could still write to what was put aside. */
  waitsUntil: number
}

function sealPart(folder: string, log: string, part: string, sealing: Sealing): SealedLog {
  const { onBytes, waitsUntil } = sealing
  const plain = join(folder, part)
  using file = ownFile(plain)
  if (file?.isHeld === true) throw running(folder)
  // An earlier sealing was interrupted after it had put the sealed file in place.
  const earlier = CODECS.map(({ extension }) => `${plain}${extension}`).find((path) =>
    existsSync(path),
  )
  const sealed = earlier ?? `${plain}${sealingCodec.extension}`
  sleepUntil(waitsUntil)
  if (earlier !== undefined && isSealOf(earlier, plain)) onBytes(plainSize(folder, part))
  else sealFile(plain, sealed, onBytes)
  syncFolder(folder)
  const name = sealed.slice(folder.length + 1)
  const plainBytes = plainSize(folder, name)
  rmSync(plain, { force: true })
  if (file !== undefined) keepRest(folder, log, file.descriptor, plainBytes)
  syncFolder(folder)
  return { file: name, plainBytes, sealedBytes: lstatSync(sealed).size }
}

function sleepUntil(moment: number): void {
  const left = moment - performance.now()
  if (left > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, left)
}

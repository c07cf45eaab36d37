import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeManifest, SESSION_FILES } from '@tacho/format'
import { readManifest } from '../read-manifest.js'
import { newerFormat } from '../read-session.js'
import { readSpans } from '../read-spans.js'
import { ReaderError } from '../reader-error.js'
import { signsOfLife } from '../running/signs-of-life.js'
import { copyTranscript, transcriptsIn } from '../scrub/transcripts.js'
import { writesEvents } from '../session-damage.js'
import { copyText } from './copy-text.js'
import { isThere } from './is-there.js'
import { NewFile } from './new-file.js'
import { rebuildManifest } from './rebuild-manifest.js'
import { salvageEvents } from './salvage-events.js'
import { salvageRawLog } from './salvage-raw-log.js'
import { salvageSpans } from './salvage-spans.js'

/** What was salvaged from a session. */
export type Salvaged = {
  folder: string
  /** Records, spans and events in the new folder. */
  kept: number
  /**
   * Lines that could not be read or made no sense on their own; each sequence of them is replaced
   * by a gap.
   */
  lost: number
}

/**
 * Writes what can be read of a session to a new folder, as a clean session: whole lines with good
 * checksums, and gaps for what is missing. Never changes the original.
 *
 * @param to the new folder; its parent must exist.
 * @throws ReaderError `cannot-salvage`, `newer-format`.
 */
export function salvageSession(folder: string, to: string): Salvaged {
  const read = readManifest(folder)
  if ('problem' in read && read.problem === 'newer') throw newerFormat(folder, read.format)
  const target = makeFolder(folder, to)
  try {
    const raw = salvageRawLog(folder, target)
    const meta = salvageSpans(folder, target)
    const runs = 'manifest' in read ? read.manifest.runs : []
    const events = salvageEvents(folder, target, runs.some(writesEvents))
    copyText(folder, SESSION_FILES.log, target)
    for (const name of transcriptsIn(folder)) copyTranscript(folder, name, target)
    const spans = readSpans(target, () => undefined)
    // A manifest with a wrong checksum is not copied: afterwards nobody could tell any more.
    const old = 'manifest' in read && read.damage === undefined ? read.manifest : undefined
    const manifest = rebuildManifest(folder, old, {
      spans,
      endOf: signsOfLife(target).endOf,
      ended: raw.ended,
    })
    const file = new NewFile(join(target, SESSION_FILES.manifest))
    file.write(encodeManifest(manifest, crc32))
    file.close()
    const logs = [raw, meta, events]
    return {
      folder: target,
      kept: logs.reduce((sum, { kept }) => sum + kept, 0),
      lost: logs.reduce((sum, { lost }) => sum + lost, 0),
    }
  } catch (cause) {
    // So that the target is free for a second try.
    rmSync(target, { recursive: true, force: true })
    if (cause instanceof ReaderError) throw cause
    throw cannotSalvage(`${target} could not be written: ${(cause as Error).message}`, cause)
  }
}

function makeFolder(folder: string, to: string): string {
  const target = resolve(to)
  if (isThere(target)) {
    throw cannotSalvage(`${target} is there already. Name a folder that is not`)
  }
  const isInside = !relative(resolve(folder), target).startsWith('..')
  if (isInside) throw cannotSalvage(`${target} is inside of the session itself`)
  try {
    mkdirSync(target, { mode: 0o700 })
    // The umask may have removed permissions of our own.
    chmodSync(target, 0o700)
  } catch (cause) {
    throw cannotSalvage(
      `${target} could not be made in ${dirname(target)}: ${(cause as Error).message}`,
      cause,
    )
  }
  return target
}

function cannotSalvage(what: string, cause?: unknown): ReaderError {
  return new ReaderError('cannot-salvage', `${what}.`, { cause })
}

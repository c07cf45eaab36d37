import { renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { logParts, nextPartName } from '../log-parts.js'
import { plainSize } from '../plain-size.js'
import { ReaderError } from '../reader-error.js'
import { NewFile } from '../salvage/new-file.js'
import { sealFile } from '../seal/seal-file.js'
import { refuseRunning } from '../seal/seal-session.js'
import { codecOf } from '../sealed/codec.js'
import { forgetSession } from '../session-index/forget-session.js'
import { cannotScrub } from './cannot-scrub.js'
import { fileRewriter, type RewriteFile } from './file-rewriter.js'
import { ownedElsewhere, scrubbableFiles } from './files-in-reach.js'
import { proveClean } from './prove-clean.js'
import { NOWHERE, searchText } from './rewrite-log.js'
import { StagedFiles } from './staged-files.js'

/** A file of a session, and in how many of its lines secrets were found. */
export type ScrubbedFile = { file: string; replaced: number }

/** @see ScrubbedFile; with its size when it was read. */
type ChangedFile = ScrubbedFile & { bytes: number }

/** What happened to a session. */
export type ScrubbedSession = {
  /** Those in which something was replaced. */
  files: ScrubbedFile[]
  /** Those that contain secrets but are not ours to change: the agent's own transcript. */
  notOurs: ScrubbedFile[]
}

export type ScrubOptions = {
  /** Knows what to search for in addition to shapes. */
  scrubber: Scrubber
  /** Searches, and changes nothing. */
  isDry?: boolean
  /** Receives how many bytes are done; their sum is {@link scrubbableBytes}. */
  onBytes?: (bytes: number) => void
}

/**
 * Replaces secrets in every file of a session that is over, and searches again to prove that none
 * is left. Either all files change or none does: an interruption before that point has changed
 * nothing; after it, the next call finishes. The agent's own transcript stays as it is.
 *
 * @throws ReaderError `running`, `newer-format`, `cannot-scrub`, `secret-left`.
 */
export function scrubSession(folder: string, options: ScrubOptions): ScrubbedSession {
  const { scrubber, isDry = false, onBytes = () => undefined } = options
  refuseRunning(folder)
  try {
    const notOurs = ownedElsewhere(folder)
      .map((file) => ({ file, replaced: searchText(folder, file, scrubber, onBytes).replaced }))
      .filter(({ replaced }) => replaced > 0)
    const raw = logParts(folder, SESSION_FILES.raw)
    const rewrite = fileRewriter(folder, scrubber, onBytes)
    const files = isDry ? find(folder, rewrite) : replaceFiles(folder, rewrite)
    if (!isDry && files.length > 0) {
      // The index for lists and look-ups contains the secrets, too.
      forgetSession(folder, dirname(folder))
      const isRawLogNew = files.some(({ file }) => raw.includes(file))
      proveClean(folder, scrubber, { proved: new Set(), isRawLogNew })
    }
    return { files, notOurs }
  } catch (cause) {
    if (cause instanceof ReaderError) throw cause
    throw cannotScrub(folder, (cause as Error).message, cause)
  }
}

/** Returns how many bytes must be read to scrub a session, before any sealing. */
export function scrubbableBytes(folder: string): number {
  return [...scrubbableFiles(folder), ...ownedElsewhere(folder)]
    .map((file) => plainSize(folder, file))
    .reduce((sum, size) => sum + size, 0)
}

function find(folder: string, rewrite: RewriteFile): ScrubbedFile[] {
  return scrubbableFiles(folder)
    .map((file) => {
      const { replaced, unsearched } = rewrite(file, NOWHERE)
      if (unsearched !== undefined) throw cannotScrub(folder, `${file}: ${unsearched}`)
      return { file, replaced }
    })
    .filter(({ replaced }) => replaced > 0)
}

function replaceFiles(folder: string, rewrite: RewriteFile): ScrubbedFile[] {
  const staged = new StagedFiles(folder)
  try {
    const changed: ChangedFile[] = []
    for (const file of scrubbableFiles(folder)) {
      const bytes = plainSize(folder, file)
      const { replaced, unreadable, unsearched } = writeNew(staged.path(file), (target) =>
        rewrite(file, target),
      )
      if (unsearched !== undefined) throw cannotScrub(folder, `${file}: ${unsearched}`)
      if (replaced === 0) rmSync(staged.path(file), { force: true })
      else if (unreadable !== undefined) throw damaged(folder, file, unreadable)
      else changed.push({ file, replaced, bytes })
    }
    if (changed.length === 0) staged.discard()
    else putInPlace(folder, staged, changed)
    return changed.map(({ file, replaced }) => ({ file, replaced }))
  } catch (cause) {
    staged.discard()
    throw cause
  }
}

function writeNew<Result>(path: string, write: (file: NewFile) => Result): Result {
  const file = new NewFile(path)
  try {
    return write(file)
  } finally {
    file.close()
  }
}

function putInPlace(folder: string, staged: StagedFiles, files: readonly ChangedFile[]): void {
  for (const { file } of files) {
    if (codecOf(file) === undefined) continue
    const sealed = `sealed.${file}`
    sealFile(staged.path(file), staged.path(sealed), () => undefined)
    rmSync(staged.path(file))
    renameSync(staged.path(sealed), staged.path(file))
  }
  refuseRunning(folder)
  for (const file of files) staged.replace(file.file, putAside(folder, file))
  staged.commit()
}

/**
 * Returns the name for a file's replacement. A log is renamed first: a run that begins now opens a
 * new file, and is not affected.
 */
function putAside(folder: string, { file, bytes }: ChangedFile): string {
  if (!LOGS.includes(file)) return file
  const part = nextPartName(folder, file)
  renameSync(join(folder, file), join(folder, part))
  if (plainSize(folder, part) === bytes) return part
  throw new ReaderError('running', `The session in ${folder} is running.`)
}

const LOGS: readonly string[] = [
  SESSION_FILES.raw,
  SESSION_FILES.meta,
  SESSION_FILES.events,
  SESSION_FILES.log,
]

function damaged(folder: string, file: string, reason: string): ReaderError {
  const what = `${file} is damaged (${reason}). Salvage the session, and scrub what is salvaged`
  return cannotScrub(folder, what)
}

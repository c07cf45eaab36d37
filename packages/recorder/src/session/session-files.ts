import { closeSync, constants, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { AppendFile } from '../append-file.js'
import { realDisk } from '../disk.js'
import { gapLine } from '../line.js'
import { openLogFile } from '../log/session-log.js'
import { makeSessionFolder, removeEmptyFolder, renameSessionFolder } from './folder.js'

export type SessionFilesOptions = {
  root: string
  /** The folder's first name; {@link SessionFiles.rename} gives it the agent's. */
  id: string
  /** The debug log's place: relative to the folder, or absolute. */
  logPath: string
  now: () => number
  /** Is told of the first record that could not be written to a file, and why. */
  onLoss: (path: string, reason: string) => void
}

/** A session's folder and its three logs. */
export class SessionFiles {
  readonly raw: AppendFile
  readonly meta: AppendFile
  readonly log: AppendFile
  folder: string
  readonly #root: string
  readonly #logPath: string

  /** @throws CannotRecord where the folder cannot be made. */
  constructor(options: SessionFilesOptions) {
    this.#root = options.root
    this.#logPath = options.logPath
    this.folder = makeSessionFolder(options.root, options.id)
    const open = (name: string) => {
      const path = join(this.folder, name)
      const onLoss = (reason: string) => options.onLoss(path, reason)
      return new AppendFile({ disk: realDisk, path, now: options.now, gapLine, onLoss })
    }
    this.raw = open(SESSION_FILES.raw)
    this.meta = open(SESSION_FILES.meta)
    const logPath = logFilePath(this.folder, options.logPath)
    this.log = openLogFile(logPath, (reason) => options.onLoss(logPath, reason))
  }

  /**
   * Gives the folder the name of the session, or joins it into the folder that an earlier run left.
   *
   * @throws CannotRecord where neither can be done; then the folder keeps its name.
   */
  rename(id: string): void {
    const wanted = join(this.#root, id)
    if (wanted === this.folder) return
    const before = this.folder
    const isRenamed = renameSessionFolder(before, wanted)
    this.folder = wanted
    for (const [file, name] of this.#ours()) {
      if (isRenamed) file.renamedTo(join(wanted, name))
      else joinInto(file, join(before, name), join(wanted, name))
    }
    if (isRenamed) return
    rmSync(join(before, SESSION_FILES.manifest), { force: true })
    removeEmptyFolder(before)
  }

  close(): void {
    for (const file of [this.raw, this.meta, this.log]) file.close()
  }

  #ours(): [AppendFile, string][] {
    const files: [AppendFile, string][] = [
      [this.raw, SESSION_FILES.raw],
      [this.meta, SESSION_FILES.meta],
    ]
    if (!isAbsolute(this.#logPath)) files.push([this.log, this.#logPath])
    return files
  }
}

/** Goes on in the earlier run's file, with what this run has written so far. */
function joinInto(file: AppendFile, from: string, to: string): void {
  file.moveTo(to)
  const written = readOurs(from)
  if (written.length > 0) file.append(written, 'joined')
  rmSync(from, { force: true })
}

function readOurs(path: string): Uint8Array {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    return readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function logFilePath(folder: string, path: string): string {
  const full = isAbsolute(path) ? path : join(folder, path)
  try {
    mkdirSync(dirname(full), { recursive: true, mode: 0o700 })
  } catch {
    // Opening it fails next, and that is counted and told.
  }
  return full
}

import { rmSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { AppendFile } from '../append-file.js'
import { folderDisk, realDisk } from '../disk.js'
import { gapLine } from '../gap-line.js'
import { HEARTBEAT_MILLISECONDS } from '../limits.js'
import { openLogFile } from '../log/session-log.js'
import { makeFolders } from '../make-folders.js'
import { makeSessionFolder, removeEmptyFolder, renameSessionFolder, syncFolder } from './folder.js'
import { joinLog } from './join-log.js'

export type SessionFilesOptions = {
  root: string
  /** The folder's temporary name; {@link SessionFiles.rename} gives it the agent's id. */
  id: string
  /** The path of the debug log, absolute or relative to the folder. */
  logPath: string
  now: () => number
  /**
   * Called with the first record that could not be written to a file, and why.
   *
   * @param log the debug log, unless that is the file.
   */
  onLoss: (path: string, reason: string, log?: AppendFile) => void
}

/** A session's folder and its four logs. */
export class SessionFiles {
  readonly raw: AppendFile
  readonly meta: AppendFile
  readonly events: AppendFile
  readonly log: AppendFile
  folder: string
  #exported: AppendFile | undefined
  readonly #heartbeat: NodeJS.Timeout
  readonly #open: (name: string) => AppendFile
  readonly #root: string
  readonly #logPath: string

  /** @throws CannotRecord if the folder cannot be created. */
  constructor(options: SessionFilesOptions) {
    this.#root = options.root
    this.#logPath = options.logPath
    this.folder = makeSessionFolder(options.root, options.id)
    this.#open = (name: string) => {
      const path = join(this.folder, name)
      const onLoss = (reason: string) => options.onLoss(join(this.folder, name), reason, this.log)
      return new AppendFile({ disk: folderDisk, path, now: options.now, gapLine, onLoss })
    }
    this.raw = this.#open(SESSION_FILES.raw)
    this.meta = this.#open(SESSION_FILES.meta)
    this.events = this.#open(SESSION_FILES.events)
    const logPath = logFilePath(this.folder, options.logPath)
    const logDisk = isAbsolute(options.logPath) ? realDisk : folderDisk
    this.log = openLogFile(logPath, (reason) => options.onLoss(logPath, reason), logDisk)
    syncFolder(this.folder)
    syncFolder(this.#root)
    this.#heartbeat = setInterval(() => this.events.touch(), HEARTBEAT_MILLISECONDS)
    this.#heartbeat.unref()
  }

  /**
   * Gives the folder the session's name, or moves its contents to the folder that an earlier run
   * left.
   *
   * @param announce writes to the joined folder that a run continues there. Sealing checks for that
   * after it has put the logs aside, so this runs before they are opened.
   * @throws CannotRecord if neither is possible; the folder then keeps its name.
   */
  rename(id: string, announce: () => void): void {
    const wanted = join(this.#root, id)
    if (wanted === this.folder) return
    const before = this.folder
    const isRenamed = renameSessionFolder(before, wanted)
    this.folder = wanted
    if (!isRenamed) announce()
    for (const [file, name] of this.#ours()) {
      if (isRenamed) file.renamedTo(join(wanted, name))
      else joinLog(file, join(before, name), join(wanted, name))
    }
    syncFolder(this.#root)
    if (isRenamed) return
    rmSync(join(before, SESSION_FILES.manifest), { force: true })
    removeEmptyFolder(before)
    syncFolder(wanted)
  }

  /**
   * The log of what was sent, created only if something was. By then the folder has its final name.
   */
  get exported(): AppendFile {
    this.#exported ??= this.#open(SESSION_FILES.export)
    return this.#exported
  }

  /** Everything lost from the files so far, by kind. */
  get lost(): Record<string, number> {
    const sum: Record<string, number> = {}
    for (const { lost } of [this.raw, this.meta, this.events, this.log]) {
      for (const [kind, count] of Object.entries(lost)) sum[kind] = (sum[kind] ?? 0) + count
    }
    return sum
  }

  /** Syncs all files at once. */
  async synced(): Promise<void> {
    const files = [this.raw, this.meta, this.events, this.log, this.#exported]
    await Promise.all(files.map((file) => file?.synced()))
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const file of [this.raw, this.meta, this.events, this.log, this.#exported]) file?.close()
  }

  #ours(): [AppendFile, string][] {
    const files: [AppendFile, string][] = [
      [this.raw, SESSION_FILES.raw],
      [this.meta, SESSION_FILES.meta],
      [this.events, SESSION_FILES.events],
    ]
    if (!isAbsolute(this.#logPath)) files.push([this.log, this.#logPath])
    return files
  }
}

function logFilePath(folder: string, path: string): string {
  const full = isAbsolute(path) ? path : join(folder, path)
  try {
    makeFolders(dirname(full), 0o700)
  } catch {
    // Opening it fails next, which is counted and reported.
  }
  return full
}

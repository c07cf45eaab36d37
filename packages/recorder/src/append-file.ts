import { constants } from 'node:os'
import { systemErrorCode } from '@tacho/format'
import type { ScrubbedBytes } from '@tacho/scrub'
import type { Disk } from './disk.js'
import { SYNC_MILLISECONDS } from './limits.js'
import { type Loss, Losses } from './losses.js'

export type { Loss } from './losses.js'

export type AppendFileOptions = {
  disk: Disk
  path: string
  now: () => number
  /**
   * Makes the line that records a loss, written as soon as writing works again. Its memory must not
   * be shared.
   */
  gapLine: (loss: Loss) => ScrubbedBytes
  /** Called with the reason of the first loss. */
  onLoss?: (reason: string) => void
}

const NEWLINE = Uint8Array.of(10)

/**
 * A log file. Each line has been passed to the kernel, by one `write(2)`, when {@link append}
 * returns, so killing the process loses nothing. Never throws; what cannot be written is counted,
 * and recorded in the file once writing works again.
 */
export class AppendFile {
  readonly #options: AppendFileOptions
  readonly #losses: Losses
  #path: string
  #descriptor: number | undefined
  /** The file may end in the middle of a line; the next line must not be glued to it. */
  #isTorn = false
  #isClosed = false
  /** Why the last write failed. */
  #failure = 'UNKNOWN'
  #hasTold = false
  #breaks = 0
  /** What was written to this file since it was opened, by kind. */
  #written: Record<string, number> = {}
  #writtenBytes = 0
  #unsynced = { records: 0, bytes: 0 }
  #syncTimer: NodeJS.Timeout | undefined
  /** When the file was last seen at its path, on the monotonic clock. */
  #lookedAt = Number.NEGATIVE_INFINITY
  /** The descriptor being synced; it must not be closed meanwhile. */
  #syncing: number | undefined

  constructor(options: AppendFileOptions) {
    this.#options = options
    this.#losses = new Losses(options.now)
    this.#path = options.path
    this.#open()
  }

  /** Everything lost so far, by kind. */
  get lost(): Readonly<Record<string, number>> {
    return this.#losses.total
  }

  /** How often earlier content was lost; later records must not refer to it. */
  get breaks(): number {
    return this.#breaks
  }

  /**
   * Appends a line (with its newline).
   *
   * @param kind the kind to count if it cannot be written.
   * @returns whether the whole line was written.
   */
  append(line: ScrubbedBytes, kind: string): boolean {
    if (this.#isClosed) return this.#lose({ [kind]: 1 }, line.length, 'CLOSED')
    if (performance.now() - this.#lookedAt > SYNC_MILLISECONDS) this.#look()
    if (!this.#isReady() || !this.#write(line)) {
      return this.#lose({ [kind]: 1 }, line.length, this.#failure)
    }
    this.#written[kind] = (this.#written[kind] ?? 0) + 1
    return true
  }

  /** Counts records that could not even be encoded as lines. */
  lose(lost: Readonly<Record<string, number>>, reason = 'ENCODING'): false {
    return this.#lose(lost, 0, reason)
  }

  /** Notes that content written earlier, in another file, could not be moved here. */
  breakOff(): void {
    this.#breaks += 1
  }

  /** Continues in the file at `path`, in the folder with the session's final name. */
  moveTo(path: string): void {
    this.#release()
    this.#path = path
    this.#open()
  }

  /** The folder was renamed; the open descriptor stays valid. */
  renamedTo(path: string): void {
    this.#path = path
  }

  /** Updates the file's time, to show readers that it is still being written. */
  touch(): void {
    if (this.#isClosed) return
    this.#look()
    if (this.#isReady() && this.#descriptor !== undefined)
      this.#options.disk.touch(this.#descriptor)
  }

  /**
   * Syncs what was written, and resolves when that is done: for several files at once this takes as long
   * as for one. {@link close} then has nothing left to sync.
   */
  synced(): Promise<void> {
    // One in progress leaves the rest to `close`.
    if (this.#isClosed || this.#syncing !== undefined) return Promise.resolve()
    return new Promise((resolve) => this.#sync(resolve))
  }

  /** Syncs and closes the file. Lines appended afterwards are lost, and counted. */
  close(): void {
    if (this.#isClosed) return
    this.#look()
    if (this.#losses.pending !== undefined) this.#isReady()
    this.#syncNow()
    this.#release()
    this.#isClosed = true
  }

  /** Opens the file if needed and writes any pending gap; false while that fails. */
  #isReady(): boolean {
    if (this.#descriptor === undefined) this.#open()
    const { pending } = this.#losses
    if (pending === undefined) return this.#descriptor !== undefined
    if (!this.#write(this.#options.gapLine(pending))) return false
    this.#losses.told()
    return true
  }

  #open(): void {
    const { disk } = this.#options
    // The previous process may have died in the middle of a line; assume so until the file shows
    // otherwise.
    this.#isTorn = true
    this.#written = {}
    this.#writtenBytes = 0
    try {
      this.#descriptor = disk.open(this.#path)
      this.#lookedAt = performance.now()
      const last = disk.lastByte(this.#descriptor)
      this.#isTorn = last !== undefined && last !== NEWLINE[0]
    } catch (error) {
      this.#failure = codeOf(error)
    }
  }

  #write(line: Uint8Array): boolean {
    const descriptor = this.#descriptor
    if (descriptor === undefined) return false
    try {
      if (this.#isTorn) this.#writeWhole(descriptor, NEWLINE)
      this.#isTorn = false
      this.#writeWhole(descriptor, line)
    } catch (error) {
      this.#failure = codeOf(error)
      return false
    }
    this.#writtenBytes += line.length
    this.#unsynced.records += 1
    this.#unsynced.bytes += line.length
    this.#scheduleSync()
    return true
  }

  #writeWhole(descriptor: number, bytes: Uint8Array): void {
    let offset = 0
    while (offset < bytes.length) {
      const written = this.#options.disk.write(descriptor, bytes, offset)
      if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' })
      offset += written
      this.#isTorn = offset < bytes.length
    }
  }

  #lose(lost: Readonly<Record<string, number>>, bytes: number, reason: string): false {
    this.#losses.count(lost, bytes, reason)
    if (this.#hasTold) return false
    this.#hasTold = true
    try {
      this.#options.onLoss?.(reason)
    } catch {
      // A failing listener must not affect writing.
    }
    return false
  }

  // Off the host's path; never keeps the process alive.
  #scheduleSync(): void {
    if (this.#syncTimer !== undefined || this.#syncing !== undefined) return
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined
      this.#look()
      this.#sync()
    }, SYNC_MILLISECONDS)
    this.#syncTimer.unref()
  }

  /**
   * Checks where the file is, before any write that comes more than {@link SYNC_MILLISECONDS} after
   * the last check. Sealing a session that it takes for dead waits longer than that before it
   * removes what it put aside (`UNSURE_MILLISECONDS` of the reader).
   */
  #look(): void {
    this.#lookedAt = performance.now()
    const descriptor = this.#descriptor
    if (descriptor === undefined) return
    const place = this.#options.disk.placeOf(descriptor, this.#path)
    if (place === 'nowhere') this.#noteRemoval()
    if (place !== 'elsewhere') return
    this.#sync()
    this.#release()
  }

  /** A removed file accepts every write, and loses it all when it is closed. */
  #noteRemoval(): void {
    this.#unsynced = { records: 0, bytes: 0 }
    this.#breaks += 1
    if (this.#writtenBytes > 0) this.#lose(this.#written, this.#writtenBytes, 'REMOVED')
    this.#release()
  }

  #sync(done = () => {}): void {
    const descriptor = this.#descriptor
    const { disk } = this.#options
    const batch = this.#unsynced
    if (descriptor === undefined || batch.records === 0) {
      done()
      return
    }
    this.#unsynced = { records: 0, bytes: 0 }
    this.#syncing = descriptor
    disk.sync(descriptor, (error) => {
      this.#syncing = undefined
      if (error !== null) this.#syncFailed(batch, error)
      if (descriptor !== this.#descriptor) closeQuietly(disk, descriptor)
      else if (this.#unsynced.records > 0) this.#scheduleSync()
      done()
    })
  }

  #syncNow(): void {
    const descriptor = this.#descriptor
    const batch = this.#unsynced
    if (descriptor === undefined || batch.records === 0) return
    this.#unsynced = { records: 0, bytes: 0 }
    try {
      this.#options.disk.syncNow(descriptor)
    } catch (error) {
      this.#syncFailed(batch, error)
      this.#isReady()
    }
  }

  // Not retried: after a failed sync Linux marks the pages clean, so a second sync would succeed
  // and say nothing. The records can be read until the machine goes down, and perhaps not after
  // that; a gap says so. Later writes are synced as usual.
  #syncFailed(batch: { records: number; bytes: number }, error: unknown): void {
    this.#lose({ unsynced: batch.records }, batch.bytes, codeOf(error))
  }

  #release(): void {
    clearTimeout(this.#syncTimer)
    this.#syncTimer = undefined
    const descriptor = this.#descriptor
    this.#descriptor = undefined
    if (descriptor === undefined || descriptor === this.#syncing) return
    closeQuietly(this.#options.disk, descriptor)
  }
}

function closeQuietly(disk: Disk, descriptor: number): void {
  try {
    disk.close(descriptor)
  } catch {
    // The descriptor is closed even if close fails.
  }
}

function codeOf(error: unknown): string {
  return systemErrorCode(error, constants.errno) ?? 'UNKNOWN'
}

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
  /** The line that tells of a loss, written as soon as writing works again. In memory of its own. */
  gapLine: (loss: Loss) => ScrubbedBytes
  /** Is told the reason of the first loss. */
  onLoss?: (reason: string) => void
}

const NEWLINE = Uint8Array.of(10)

/**
 * A log file: each line is on its way to the disk when {@link append} returns, by one `write(2)`,
 * so that a kill of the process loses nothing. Never throws; what cannot be written is counted, and
 * told in the file as soon as that can be written again.
 */
export class AppendFile {
  readonly #options: AppendFileOptions
  readonly #losses: Losses
  #path: string
  #descriptor: number | undefined
  /** The file may end in the middle of a line: the next one must not be glued to it. */
  #isTorn = false
  #isClosed = false
  /** Why it could not be written the last time. */
  #failure = 'UNKNOWN'
  #hasTold = false
  #breaks = 0
  /** What stands in the file from here, by kind. */
  #written: Record<string, number> = {}
  #writtenBytes = 0
  #unsynced = { records: 0, bytes: 0 }
  #syncTimer: NodeJS.Timeout | undefined
  /** When it was last seen where it belongs, on the monotonic clock. */
  #lookedAt = Number.NEGATIVE_INFINITY
  /** The descriptor that the kernel is syncing: it must not be closed under its hands. */
  #syncing: number | undefined

  constructor(options: AppendFileOptions) {
    this.#options = options
    this.#losses = new Losses(options.now)
    this.#path = options.path
    this.#open()
  }

  /** All that was ever lost, by kind. */
  get lost(): Readonly<Record<string, number>> {
    return this.#losses.total
  }

  /** How often what had been written before was lost: what is written next must not refer to it. */
  get breaks(): number {
    return this.#breaks
  }

  /**
   * Appends a line (with its newline).
   *
   * @param kind what is counted where it cannot be written.
   * @returns whether it was written whole.
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

  /** Counts records that could not even be put into lines. */
  lose(lost: Readonly<Record<string, number>>, reason = 'ENCODING'): false {
    return this.#lose(lost, 0, reason)
  }

  /** What was written before, in another file, could not be brought along. */
  breakOff(): void {
    this.#breaks += 1
  }

  /** Goes on in another file: the one at `path`, where the folder has got its final name. */
  moveTo(path: string): void {
    this.#release()
    this.#path = path
    this.#open()
  }

  /** The folder was renamed; the open descriptor goes with it. */
  renamedTo(path: string): void {
    this.#path = path
  }

  /** Tells whoever looks at the file that it is still written to. */
  touch(): void {
    if (this.#isClosed) return
    this.#look()
    if (this.#isReady() && this.#descriptor !== undefined)
      this.#options.disk.touch(this.#descriptor)
  }

  /** Syncs and closes the file. What is appended after it is lost, and counted. */
  close(): void {
    if (this.#isClosed) return
    this.#look()
    if (this.#losses.pending !== undefined) this.#isReady()
    this.#syncNow()
    this.#release()
    this.#isClosed = true
  }

  /** Opens the file where it is not, and tells of what was lost; false while that cannot be done. */
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
    // The process before us may have died in the middle of a line; so it is, unless we see otherwise.
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
      // Who does not want to hear of it is not disturbed further.
    }
    return false
  }

  // Off the host's path and never keeping it alive.
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
   * Looks where the file is, before anything is written to it that comes later than the last look by
   * more than {@link SYNC_MILLISECONDS}: a sealing that takes a session for dead waits longer than
   * that until it removes what it has put aside (`UNSURE_MILLISECONDS` of the reader).
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

  /** A file that was removed takes every write, and all of it is gone when it is closed. */
  #noteRemoval(): void {
    this.#unsynced = { records: 0, bytes: 0 }
    this.#breaks += 1
    if (this.#writtenBytes > 0) this.#lose(this.#written, this.#writtenBytes, 'REMOVED')
    this.#release()
  }

  #sync(): void {
    const descriptor = this.#descriptor
    const { disk } = this.#options
    const batch = this.#unsynced
    if (descriptor === undefined || batch.records === 0) return
    this.#unsynced = { records: 0, bytes: 0 }
    this.#syncing = descriptor
    disk.sync(descriptor, (error) => {
      this.#syncing = undefined
      if (error !== null) this.#syncFailed(batch, error)
      if (descriptor !== this.#descriptor) closeQuietly(disk, descriptor)
      else if (this.#unsynced.records > 0) this.#scheduleSync()
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

  // It is not tried again: Linux marks the pages clean after a failed sync, so that a second one
  // succeeds and says nothing. The records can be read until the machine goes down, and perhaps
  // not after; a gap says so. What is written from here on is synced as before.
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
    // Closed is closed.
  }
}

function codeOf(error: unknown): string {
  return systemErrorCode(error, constants.errno) ?? 'UNKNOWN'
}

import type { Disk } from './disk.js'
import { SYNC_MILLISECONDS } from './limits.js'

/** What could not be written, since the last time that something could. */
export type Loss = {
  /** When the first of it was lost: microseconds since the epoch. */
  since: number
  lost: Record<string, number>
  bytes: number
  /** The first error's code: ENOSPC, EIO … */
  reason: string
}

export type AppendFileOptions = {
  disk: Disk
  path: string
  now: () => number
  /** The line that tells of a loss, written as soon as writing works again. */
  gapLine: (loss: Loss) => Uint8Array
  /** Is told the reason of the first loss. */
  onLoss?: (reason: string) => void
}

const NEWLINE = Uint8Array.of(10)

/**
 * A log file: each line is on its way to the disk when {@link append} returns, by one `write(2)`,
 * so that a kill of the process loses nothing. Never throws; what cannot be written is counted.
 */
export class AppendFile {
  readonly #options: AppendFileOptions
  #path: string
  #descriptor: number | undefined
  /** The file ends in the middle of a line: the next one must not be glued to it. */
  #isTorn = false
  #pending: Loss | undefined
  #syncTimer: NodeJS.Timeout | undefined
  #isClosed = false
  #hasLost = false
  /** All that was ever lost, by kind. */
  readonly lost: Record<string, number> = {}

  constructor(options: AppendFileOptions) {
    this.#options = options
    this.#path = options.path
    this.#open()
  }

  /**
   * Appends a line (with its newline).
   *
   * @param kind what is counted where it cannot be written.
   * @returns whether it was written whole.
   */
  append(line: Uint8Array, kind: string): boolean {
    if (this.#isClosed || !this.#tellLoss() || !this.#write(line)) {
      this.#countLoss(kind, line.length)
      return false
    }
    return true
  }

  /** Counts a record that could not even be put into a line. */
  lose(kind: string): false {
    this.#countLoss(kind, 0)
    return false
  }

  /** Goes on in another file: the one at `path`, where the folder has got its final name. */
  moveTo(path: string): void {
    this.#close()
    this.#path = path
    this.#open()
  }

  /** The folder was renamed; the open descriptor goes with it. */
  renamedTo(path: string): void {
    this.#path = path
  }

  close(): void {
    if (this.#pending !== undefined) this.#tellLoss()
    this.#close()
    this.#isClosed = true
  }

  #open(): void {
    try {
      this.#descriptor = this.#options.disk.open(this.#path)
      // The process before us may have died in the middle of a line.
      const last = this.#options.disk.lastByte(this.#descriptor)
      this.#isTorn = last !== undefined && last !== NEWLINE[0]
    } catch (error) {
      this.#failed(error)
    }
  }

  #close(): void {
    clearTimeout(this.#syncTimer)
    this.#syncTimer = undefined
    const descriptor = this.#descriptor
    this.#descriptor = undefined
    if (descriptor === undefined) return
    try {
      this.#options.disk.syncNow(descriptor)
    } catch {
      // A power cut could cost what a kill does not; there is nobody left to tell.
    }
    try {
      this.#options.disk.close(descriptor)
    } catch {
      // Closed is closed.
    }
  }

  /** Writes the gap of an earlier loss first; false while that cannot be done. */
  #tellLoss(): boolean {
    if (this.#pending === undefined) return true
    if (this.#descriptor === undefined) this.#open()
    if (!this.#write(this.#options.gapLine(this.#pending))) return false
    this.#pending = undefined
    return true
  }

  #write(line: Uint8Array): boolean {
    const descriptor = this.#descriptor
    if (descriptor === undefined) return false
    try {
      if (this.#isTorn) this.#writeWhole(descriptor, NEWLINE)
      this.#isTorn = false
      this.#writeWhole(descriptor, line)
      this.#scheduleSync(descriptor)
      return true
    } catch (error) {
      this.#failed(error)
      return false
    }
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

  #failed(error: unknown): void {
    const reason = (error as NodeJS.ErrnoException).code ?? 'UNKNOWN'
    this.#pending ??= { since: this.#options.now(), lost: {}, bytes: 0, reason }
  }

  #countLoss(kind: string, bytes: number): void {
    this.lost[kind] = (this.lost[kind] ?? 0) + 1
    this.#pending ??= {
      since: this.#options.now(),
      lost: {},
      bytes: 0,
      reason: this.#isClosed ? 'CLOSED' : 'ENCODING',
    }
    this.#pending.lost[kind] = (this.#pending.lost[kind] ?? 0) + 1
    this.#pending.bytes += bytes
    if (this.#hasLost) return
    this.#hasLost = true
    this.#options.onLoss?.(this.#pending.reason)
  }

  // Off the host's path and never keeping it alive. A failed sync is not tried again: Linux marks
  // the pages clean after it, so that a second one would lie.
  #scheduleSync(descriptor: number): void {
    if (this.#syncTimer !== undefined) return
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined
      if (descriptor === this.#descriptor) this.#options.disk.sync(descriptor, () => {})
    }, SYNC_MILLISECONDS)
    this.#syncTimer.unref()
  }
}

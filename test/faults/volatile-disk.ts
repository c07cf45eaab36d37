import type { Disk, Place } from '../../packages/recorder/dist/disk.js'

/**
 * A power loss can keep or lose each of these independently: pages are larger, sectors have this
 * size.
 */
const SECTOR_BYTES = 512
/** How long a sync takes on a busy disk. */
const SYNC_MS = 120

/**
 * One file on a disk with a cache: synced bytes survive a power loss; any part of the rest does.
 * After a failed sync the kernel considers its pages clean (Linux): a later sync does not write
 * them.
 */
export class VolatileDisk implements Disk {
  readonly #random: () => number
  readonly #syncFailures: number
  #bytes = Buffer.alloc(0)
  /** Which bytes are safe. */
  #safe: { from: number; to: number }[] = []
  #dirtyFrom = 0
  /** The number of the newest record that a failed sync was for. */
  newest = 0
  #syncedUpTo = 0
  readonly failedBatches: { from: number; to: number }[] = []

  constructor(random: () => number, syncFailures: number) {
    this.#random = random
    this.#syncFailures = syncFailures
  }

  open(): number {
    return 3
  }

  write(_: number, bytes: Uint8Array, offset: number): number {
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(offset)])
    return bytes.length - offset
  }

  lastByte(): number | undefined {
    return this.#bytes.at(-1)
  }

  placeOf(): Place {
    return 'here'
  }

  touch(): void {}

  sync(_: number, done: (error: Error | null) => void): void {
    const range = { from: this.#dirtyFrom, to: this.#bytes.length }
    const batch = { from: this.#syncedUpTo + 1, to: this.newest }
    this.#dirtyFrom = range.to
    this.#syncedUpTo = batch.to
    setTimeout(() => {
      const hasFailed = this.#random() < this.#syncFailures
      if (hasFailed) this.failedBatches.push(batch)
      else this.#safe.push(range)
      done(hasFailed ? Object.assign(new Error('made to fail'), { code: 'EIO' }) : null)
    }, this.#random() * SYNC_MS)
  }

  syncNow(): void {
    this.#safe.push({ from: this.#dirtyFrom, to: this.#bytes.length })
    this.#dirtyFrom = this.#bytes.length
  }

  close(): void {}

  /** What is on the disk when the power is back. */
  afterPowerLoss(): Buffer {
    // The length is metadata, written at any time: any length that includes what is safe.
    const least = Math.max(0, ...this.#safe.map(({ to }) => to))
    const length = least + Math.floor(this.#random() * (this.#bytes.length - least + 1))
    const left = Buffer.alloc(length)
    for (let at = 0; at < length; at += SECTOR_BYTES) {
      if (this.#random() < 0.5) this.#bytes.copy(left, at, at, Math.min(at + SECTOR_BYTES, length))
    }
    for (const { from, to } of this.#safe) this.#bytes.copy(left, from, from, to)
    return left
  }
}

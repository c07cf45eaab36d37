import { closeSync, constants, fchmodSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { encodeLine } from '@tacho/format'

const NEW = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW
const BUFFER_BYTES = 1024 * 1024
const NEWLINE = Buffer.from('\n')

/** A new private file, written once. Throws the errors of the file system. */
export class NewFile {
  readonly #descriptor: number
  readonly #isSynced: boolean
  readonly #waiting = Buffer.allocUnsafe(BUFFER_BYTES)
  #waitingBytes = 0

  /** @param isSynced whether its bytes are on the disk once it is closed. */
  constructor(path: string, isSynced = true) {
    this.#isSynced = isSynced
    this.#descriptor = openSync(path, NEW, 0o600)
    fchmodSync(this.#descriptor, 0o600)
  }

  /** Copies the bytes, so the buffer can be reused. */
  write(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES - this.#waitingBytes) this.#flush()
    if (bytes.length > BUFFER_BYTES) {
      this.#writeOut(bytes)
      return
    }
    this.#waiting.set(bytes, this.#waitingBytes)
    this.#waitingBytes += bytes.length
  }

  /** Writes a line from another file, without its newline. */
  line(bytes: Uint8Array): void {
    this.write(bytes)
    this.write(NEWLINE)
  }

  /** Writes a record as a line; without its newline if it replaces a line that has none. */
  record(record: object, { newline = true } = {}): void {
    const line = encodeLine(record, crc32)
    this.write(newline ? line : line.subarray(0, -1))
  }

  close(): void {
    try {
      this.#flush()
      if (this.#isSynced) fdatasyncSync(this.#descriptor)
    } finally {
      closeSync(this.#descriptor)
    }
  }

  #flush(): void {
    const waiting = this.#waiting.subarray(0, this.#waitingBytes)
    this.#waitingBytes = 0
    this.#writeOut(waiting)
  }

  #writeOut(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at)
  }
}

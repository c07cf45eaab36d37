import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'
import { LINE_WORK, OPEN_WORK, PASSED_LINE_WORK, PLAIN_LINE_BYTES, type Work } from './limits.js'
import { openRegular, type RegularFile } from './open-regular.js'
import { readAt } from './read-at.js'
import type { Place } from './read-log.js'
import { hasChecksum } from './rescue-line.js'
import { codecOf } from './sealed/codec.js'

/**
 * The files of a session's logs, kept open while records at known places are read: a request body
 * can be copied from the records of hundreds before it. Close them after that.
 */
export class KeptFiles {
  readonly #folder: string
  readonly #files = new Map<string, RegularFile | undefined>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Returns the object of the line at a place, if the file is plain and the line is there whole,
   * with its right checksum. If not, `readLog` tells what is there, and why it is not that.
   */
  record(place: Place & { length: number }, work: Work): Record<string, unknown> | undefined {
    const { file, byte, length } = place
    if (length > PLAIN_LINE_BYTES) return undefined
    const opened = this.#opened(file)
    if (opened === undefined) return undefined
    const line = read(opened, byte, length + 1)
    if (line?.length !== length + 1 || line[length] !== NEWLINE) return undefined
    const bytes = line.subarray(0, length)
    const decoded = hasChecksum(bytes) ? decodeLine(bytes, crc32) : undefined
    if (decoded === undefined || !('value' in decoded)) return undefined
    // What it would cost to open the log for it, and to read it.
    return work.spend(OPEN_WORK + length + PASSED_LINE_WORK + LINE_WORK) ? decoded.value : undefined
  }

  close(): void {
    for (const opened of this.#files.values()) opened?.[Symbol.dispose]()
    this.#files.clear()
  }

  #opened(file: string): RegularFile | undefined {
    if (this.#files.has(file)) return this.#files.get(file)
    const opened = codecOf(file) === undefined ? openRegular(join(this.#folder, file)) : undefined
    const found = opened === undefined || 'refused' in opened ? undefined : opened
    this.#files.set(file, found)
    return found
  }
}

function read({ descriptor }: RegularFile, at: number, length: number): Buffer | undefined {
  try {
    return readAt(descriptor, at, length)
  } catch {
    return undefined
  }
}

const NEWLINE = 10

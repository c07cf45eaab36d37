import { closeSync, constants, fstatSync, openSync, readSync, type Stats, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import {
  type DeliveredRecord,
  encodeLine,
  exportRecord,
  type RejectedRecord,
  SESSION_FILES,
} from '@tacho/format'
import type { ReportDamage } from '../../damage.js'
import { readLog } from '../../read-log.js'

/** Returns the spans of a session that are known to be delivered to an endpoint. */
export function deliveredSpans(
  folder: string,
  endpoint: string,
  report: ReportDamage,
): Set<string> {
  const delivered = new Set<string>()
  for (const record of deliveries(folder, report)) {
    if (record.endpoint !== endpoint) continue
    for (const id of record.spanIds) delivered.add(id)
  }
  return delivered
}

/** Returns where spans of a session were last sent; undefined if none ever were. */
export function lastEndpoint(folder: string): string | undefined {
  let last: string | undefined
  for (const { endpoint } of deliveries(folder, () => {})) last = endpoint
  return last
}

function* deliveries(folder: string, report: ReportDamage): Generator<DeliveredRecord> {
  for (const { value, file, line, byte } of readLog(folder, SESSION_FILES.export, report)) {
    if (value.kind !== 'delivered') continue
    const { endpoint, spanIds } = value
    if (typeof endpoint === 'string' && Array.isArray(spanIds)) yield value as DeliveredRecord
    else report({ file, line, byte, lines: 1, reason: 'a delivery with broken parts' })
  }
}

const APPENDING =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK

/** Records in a session's folder what was delivered, batch by batch. */
export class DeliveryNotes {
  readonly #descriptor: number

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /**
   * Returns undefined if the folder cannot be written to: what is sent now will then be sent again
   * the next time.
   */
  static open(folder: string): DeliveryNotes | undefined {
    try {
      const path = join(folder, SESSION_FILES.export)
      const descriptor = openSync(path, APPENDING, 0o600)
      // If the file had a second name, another file would be written to.
      const file = fstatSync(descriptor)
      if (!file.isFile() || file.nlink !== 1 || !isOwn(file)) {
        closeSync(descriptor)
        return undefined
      }
      if (endsTorn(path)) writeSync(descriptor, '\n')
      return new DeliveryNotes(descriptor)
    } catch {
      return undefined
    }
  }

  /** @returns whether it was written. */
  add(
    endpoint: string,
    spanIds: string[],
    rejection: Pick<RejectedRecord, 'count' | 'reason'> | undefined,
  ): boolean {
    const time = new Date().toISOString()
    const record = exportRecord({ time, endpoint, spanIds }, rejection)
    const line = encodeLine(record, crc32)
    try {
      // One write, because a recording may be appending to the same file.
      return writeSync(this.#descriptor, line) === line.length
    } catch {
      return false
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function isOwn({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid()
}

/** Returns whether a file's last line is incomplete: nothing must be appended to that line. */
function endsTorn(path: string): boolean {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const { size } = fstatSync(descriptor)
    const last = Buffer.alloc(1)
    return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 10
  } finally {
    closeSync(descriptor)
  }
}

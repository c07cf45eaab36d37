import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { nextPartName } from '../log-parts.js'
import { readAt } from '../read-at.js'

/**
 * Keeps what was written to a log after its copy was verified, as a plain part after all others. By
 * all that sealing knows nobody writes any more; this is for what it does not know.
 *
 * @param log the log's own name, `session_oai_raw.log`.
 * @param from how many bytes of it are in the sealed file.
 */
export function keepRest(folder: string, log: string, descriptor: number, from: number): void {
  const { size } = fstatSync(descriptor)
  if (size <= from) return
  const rest = readAt(descriptor, from, size - from)
  const part = openSync(join(folder, nextPartName(folder, log)), 'wx', 0o600)
  try {
    for (let offset = 0; offset < rest.length; ) offset += writeSync(part, rest, offset)
    fdatasyncSync(part)
  } finally {
    closeSync(part)
  }
}

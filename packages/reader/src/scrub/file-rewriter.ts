import { crc32 } from 'node:zlib'
import { resealManifest, SESSION_FILES } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { logParts } from '../log-parts.js'
import { type Rewritten, rewriteRecords, rewriteText, type Target } from './rewrite-log.js'
import { type ScrubLine, scrubRawLog } from './scrub-raw-log.js'
import { scrubValue } from './scrub-value.js'

/** Writes a file of a session anew, without secrets. */
export type RewriteFile = (file: string, target: Target) => Rewritten

/**
 * How the files of a session are written anew. The raw log must come first, all of it, for spans repeat
 * the SHA-256 of its bodies; and it is one whole over all of its parts, because a body in one may be a
 * copy from another.
 *
 * @param onBytes is told of bytes that are done.
 */
export function fileRewriter(
  folder: string,
  scrubber: Scrubber,
  onBytes: (bytes: number) => void,
): RewriteFile {
  const sums = new Map<string, string>()
  const rawLog = scrubRawLog(folder, scrubber, sums)
  const scrubAnyLine: ScrubLine = ({ value }) =>
    scrubValue(value, (text) => sums.get(text) ?? scrubber.text(text))
  const raw = new Set(logParts(folder, SESSION_FILES.raw))
  const others = [SESSION_FILES.meta, SESSION_FILES.events, SESSION_FILES.export]
  const records = new Set(others.flatMap((log) => logParts(folder, log)))
  return (file, target) => {
    if (raw.has(file)) {
      return rewriteRecords(folder, file, target, { scrubber, ...rawLog, onBytes })
    }
    if (records.has(file) || file.endsWith('.jsonl')) {
      return rewriteRecords(folder, file, target, { scrubber, scrubLine: scrubAnyLine, onBytes })
    }
    if (file === SESSION_FILES.manifest) {
      return rewriteManifest(folder, target, { scrubber, onBytes })
    }
    return rewriteText(folder, file, target, { scrubber, onBytes })
  }
}

/** Its checksum is that of what stands there now; one that was damaged before stays so. */
function rewriteManifest(
  folder: string,
  target: Target,
  options: { scrubber: Scrubber; onBytes: (bytes: number) => void },
): Rewritten {
  const parts: Uint8Array[] = []
  const held = { write: (bytes: Uint8Array): void => void parts.push(Uint8Array.from(bytes)) }
  const rewritten = rewriteText(folder, SESSION_FILES.manifest, held, options)
  target.write(resealManifest(Buffer.concat(parts), crc32))
  return rewritten
}

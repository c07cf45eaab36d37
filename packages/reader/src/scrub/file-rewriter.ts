import { crc32 } from 'node:zlib'
import { resealManifest, SESSION_FILES } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { logParts } from '../log-parts.js'
import { type Rewritten, rewriteRecords, rewriteText, type Target } from './rewrite-log.js'
import { type ScrubLine, scrubRawLog } from './scrub-raw-log.js'
import { scrubValue } from './scrub-value.js'

/** Rewrites a file of a session without secrets. */
export type RewriteFile = (file: string, target: Target) => Rewritten

/**
 * Returns how to rewrite the files of a session. The raw log must come first and completely,
 * because spans repeat the SHA-256 of its bodies; its parts form one log, because a body in one may
 * copy from another.
 *
 * @param onBytes receives how many bytes are done.
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
      // Sums of bodies that have changed are no secrets, and are found only in a parsed line.
      const staysIfClean = (): boolean => sums.size === 0
      const options = { scrubber, scrubLine: scrubAnyLine, staysIfClean, onBytes }
      return rewriteRecords(folder, file, target, options)
    }
    if (file === SESSION_FILES.manifest) {
      return rewriteManifest(folder, target, { scrubber, onBytes })
    }
    return rewriteText(folder, file, target, { scrubber, onBytes })
  }
}

/** Its checksum matches the new contents; a manifest that was damaged stays damaged. */
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

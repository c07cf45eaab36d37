import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { logParts } from '../log-parts.js'
import { NewFile } from '../salvage/new-file.js'
import { CODECS } from '../sealed/codec.js'
import { cannotScrub } from './cannot-scrub.js'
import { fileRewriter } from './file-rewriter.js'
import { ownedElsewhere, scrubbableFiles } from './files-in-reach.js'
import { proveClean } from './prove-clean.js'

/**
 * Writes a session to an empty folder, without secrets, and searches it to prove that none is left.
 * Includes the agent's transcript, scrubbed like the rest; sealed parts become plain. At no time
 * does a file contain unscrubbed text.
 *
 * @throws ReaderError `secret-left`, or `cannot-scrub` if a file has too many lines; the system's
 * error if the folder cannot be written to.
 */
export function scrubbedCopy(
  folder: string,
  target: string,
  { scrubber, onBytes }: { scrubber: Scrubber; onBytes: (bytes: number) => void },
): void {
  const rewrite = fileRewriter(folder, scrubber, onBytes)
  const raw = logParts(folder, SESSION_FILES.raw)
  const proved = new Set<string>()
  let isRawLogNew = false
  for (const file of [...scrubbableFiles(folder), ...ownedElsewhere(folder)]) {
    // What is made of the copy is kept, and not the copy.
    const copy = new NewFile(join(target, plainName(file)), false)
    try {
      const { replaced, unsearched, isProved } = rewrite(file, copy)
      if (unsearched !== undefined) throw cannotScrub(folder, `${file}: ${unsearched}`)
      if (isProved) proved.add(plainName(file))
      isRawLogNew ||= replaced > 0 && raw.includes(file)
    } finally {
      copy.close()
    }
  }
  proveClean(target, scrubber, { proved, isRawLogNew })
}

function plainName(file: string): string {
  const extension = CODECS.map((codec) => codec.extension).find((one) => file.endsWith(one))
  return extension === undefined ? file : file.slice(0, -extension.length)
}

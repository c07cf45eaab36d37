import { SESSION_FILES } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { type LogRange, readLog } from '../read-log.js'
import { ReaderError } from '../reader-error.js'
import { scrubbableFiles } from './files-in-reach.js'
import { isLong, searchText } from './rewrite-log.js'
import { scrubRawLog } from './scrub-raw-log.js'

/**
 * Searches a session again, in two ways: each file as bytes, and each body of the raw log assembled
 * from its pieces.
 *
 * @param proved files that were searched in the first way just before, without a finding.
 * @param isRawLogNew false if no byte of the raw log was replaced: its bodies have just been
 * searched in this form, so the same search would prove nothing more.
 * @throws ReaderError `secret-left` if something is found.
 */
export function proveClean(
  folder: string,
  scrubber: Scrubber,
  { proved, isRawLogNew }: { proved: ReadonlySet<string>; isRawLogNew: boolean },
): void {
  for (const file of scrubbableFiles(folder)) {
    if (proved.has(file)) continue
    const { replaced } = searchText(folder, file, scrubber)
    if (replaced > 0) throw secretLeft(folder, file)
  }
  if (!isRawLogNew) return
  const { scrubLine, passLine } = scrubRawLog(folder, scrubber, new Map())
  const quick: LogRange['quick'] = (bytes, line, file) => {
    if (!isLong(line)) return false
    passLine(bytes.toString('latin1', 0, 120), { file, ...line })
    return true
  }
  for (const line of readLog(folder, SESSION_FILES.raw, () => undefined, { quick })) {
    if (!isSame(scrubLine(line), line.value)) throw secretLeft(folder, line.file, line.line)
  }
}

// Bodies rewritten as different copies of the same bytes are not a finding.
function isSame(after: object, before: Record<string, unknown>): boolean {
  return after === before || ('sha256' in after && after.sha256 === before.sha256)
}

function secretLeft(folder: string, file: string, line?: number): ReaderError {
  const where = line === undefined ? file : `${file}, line ${line}`
  return new ReaderError(
    'secret-left',
    `A secret is left in ${folder}: ${where}. Please report this, without the secret.`,
  )
}

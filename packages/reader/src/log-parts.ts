import { readdirSync } from 'node:fs'
import { CODECS } from './sealed/codec.js'

/**
 * Returns the files of a log in the order in which they were written: its sealed parts
 * (`session_oai_raw.1.log.zst`), a part that is being sealed (`session_oai_raw.2.log`), and the
 * current file (`session_oai_raw.log`). If a part exists both plain and sealed, as after a sealing
 * interrupted at its last step, the plain one counts. Empty if the log does not exist.
 *
 * @param listed the names in the folder, if they are known.
 */
export function logParts(
  folder: string,
  log: string,
  listed: readonly string[] = namesIn(folder),
): string[] {
  const names = new Set(listed)
  const parts: string[] = []
  for (const number of partNumbers(names, log)) {
    const plain = partName(log, number)
    const sealed = CODECS.map(({ extension }) => `${plain}${extension}`)
    const found = [plain, ...sealed].find((name) => names.has(name))
    if (found !== undefined) parts.push(found)
  }
  return names.has(log) ? [...parts, log] : parts
}

/**
 * Returns the name of a log's numbered part: `session_oai_raw.log` and 2 give
 * `session_oai_raw.2.log`.
 */
export function partName(log: string, number: number): string {
  return log.replace(/\.log$/, `.${number}.log`)
}

/** Returns the name for the next numbered part of a log. */
export function nextPartName(folder: string, log: string): string {
  return partName(log, (partNumbers(namesIn(folder), log).at(-1) ?? 0) + 1)
}

/** Returns the numbers of a log's parts among these names, each once, in order. */
export function partNumbers(names: Iterable<string>, log: string): number[] {
  const stem = log.replace(/\.log$/, '.')
  const numbers = new Set<number>()
  for (const name of names) {
    if (!name.startsWith(stem)) continue
    const number = PART.exec(name.slice(stem.length))?.[1]
    if (number !== undefined) numbers.add(Number(number))
  }
  return [...numbers].sort((one, other) => one - other)
}

const PART = /^([1-9]\d{0,8})\.log(?:\.zst|\.gz)?$/

/** Returns the names in a folder; none if it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

import { readSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { DAMAGED_LINE_WORK, LINE_WORK, SCRUB_WORK, Work } from '../limits.js'
import { openRegular, type RegularFile } from '../open-regular.js'
import { type FileLine, readLines } from '../read-lines.js'
import { hasChecksum, type Rescued, rescueLine } from '../rescue-line.js'
import { codecOf } from '../sealed/codec.js'
import { readSealedLines } from '../sealed/sealed-lines.js'
import { MORE_LINES } from './cannot-scrub.js'
import type { PassLine, ScrubLine } from './scrub-raw-log.js'

/** Where lines are written to. */
export type Target = {
  write(bytes: Uint8Array): void
  /** Writes a record with its checksum. */
  record(record: object, options: { newline: boolean }): void
}

/** Discards everything, to find out what would be replaced. */
export const NOWHERE: Target = { write: () => undefined, record: () => undefined }

/** What happened to a file. */
export type Rewritten = {
  /** How many lines had replacements; for a text without lines, how many replacements. */
  replaced: number
  /** Why a part of it could not be rewritten; then the file must stay as it is. */
  unreadable?: string
  /** Why a part of it was not even searched; then nobody may take it for scrubbed. */
  unsearched?: string
  /** All of its bytes were searched as they are, and nothing was found: that proves it clean. */
  isProved: boolean
}

/**
 * Rewrites a file of JSON Lines, each line by `scrubLine`. Lines that are not good records are
 * searched as bytes, and stay as damaged as they are.
 */
export function rewriteRecords(
  folder: string,
  file: string,
  target: Target,
  options: {
    scrubber: Scrubber
    scrubLine: ScrubLine
    passLine?: PassLine
    /**
     * Returns whether a line stays as it is if nothing is found in its bytes; then it is not parsed.
     */
    staysIfClean?: (line: Buffer) => boolean
    onBytes: (bytes: number) => void
  },
): Rewritten {
  const { scrubber, scrubLine, onBytes } = options
  const { passLine = () => undefined, staysIfClean = () => false } = options
  const result: Rewritten = { replaced: 0, isProved: true }
  const work = new Work(SCRUB_WORK)
  const writeBytes = (bytes: Uint8Array): void => {
    const { bytes: after, found } = scrubber.bytes(bytes)
    if (found.length > 0) result.replaced += 1
    target.write(after)
  }
  const writeLine = (line: FileLine & { bytes: Buffer }): void => {
    const { bytes, byte, line: number } = line
    let written = 0
    const records = goodRecords(bytes)
    if (records.length === 0) work.spend(DAMAGED_LINE_WORK)
    for (const { value, offset, length } of records) {
      const record = { file, byte: byte + offset, line: number, length, value }
      const after = scrubbedRecord(scrubLine, record)
      // It is searched as bytes, together with its neighbours.
      if (after === undefined) continue
      if (offset > written) writeBytes(bytes.subarray(written, offset))
      written = offset + length
      const own = bytes.subarray(offset, written)
      if (after !== value) result.replaced += 1
      if (after === value) target.write(own)
      else if (hasChecksum(own)) target.record(after, { newline: false })
      else target.write(Buffer.from(JSON.stringify(after)))
    }
    if (written < bytes.length) writeBytes(bytes.subarray(written))
  }
  /** Whole lines with their newlines, which are searched together. */
  const writeLines = (bytes: Buffer, lines: readonly FileLine[]): void => {
    const isClean = scrubber.bytes(bytes).found.length === 0
    result.isProved &&= isClean
    let written = 0
    let from = 0
    for (const line of lines) {
      const to = from + line.length
      const own = bytes.subarray(from, to)
      if (!isClean || !staysIfClean(own)) {
        target.write(bytes.subarray(written, from))
        writeLine({ ...line, bytes: own })
        written = to
      }
      from = to + 1
    }
    target.write(bytes.subarray(written))
  }
  const block = new LineBlock(writeLines)
  eachLine(folder, file, result, work, (opened, line) => {
    const { bytes } = line
    onBytes(line.length + 1)
    if (bytes !== undefined && !line.isTorn && block.takes(line)) {
      block.add(line, bytes)
      return
    }
    block.flush()
    if (bytes !== undefined && isLong(line) && isClean(opened, line, scrubber)) {
      passLine(bytes.toString('latin1', 0, HEAD_BYTES), { file, ...line })
      target.write(bytes)
    } else if (bytes !== undefined) {
      result.isProved &&= scrubber.bytes(bytes).found.length === 0
      writeLine({ ...line, bytes })
    } else result.replaced += rewriteRange(opened, line, target, scrubber)
    if (!line.isTorn) target.write(NEWLINE)
  })
  block.flush()
  result.isProved &&= result.replaced === 0 && result.unreadable === undefined
  return result
}

/** Gathers lines, because a search costs as much as that of a hundred bytes. */
class LineBlock {
  readonly #bytes = Buffer.allocUnsafe(BLOCK_BYTES)
  readonly #use: (bytes: Buffer, lines: readonly FileLine[]) => void
  #lines: FileLine[] = []
  #filled = 0

  /** @param use receives whole lines with their newlines; valid until it returns. */
  constructor(use: (bytes: Buffer, lines: readonly FileLine[]) => void) {
    this.#use = use
  }

  takes({ length }: FileLine): boolean {
    return length < this.#bytes.length
  }

  add(line: FileLine, bytes: Buffer): void {
    if (line.length >= this.#bytes.length - this.#filled) this.flush()
    bytes.copy(this.#bytes, this.#filled)
    this.#lines.push(line)
    this.#filled += line.length
    this.#filled += NEWLINE.copy(this.#bytes, this.#filled)
  }

  flush(): void {
    if (this.#lines.length > 0) this.#use(this.#bytes.subarray(0, this.#filled), this.#lines)
    this.#lines = []
    this.#filled = 0
  }
}

/**
 * The longest line, in bytes, whose record is always parsed; parsing takes several copies of it.
 */
const LONG_LINE = 24 * 1024 * 1024
const HEAD_BYTES = 120

export function isLong({ length }: { length: number }): boolean {
  return length > LONG_LINE
}

/**
 * Returns whether nothing is found in the bytes of a line, including what is hidden by escapes and
 * base64.
 */
function isClean(opened: RegularFile, line: FileLine, scrubber: Scrubber): boolean {
  return rewriteRange(opened, line, NOWHERE, scrubber) === 0
}

/** Searches a file as text. */
export function searchText(
  folder: string,
  file: string,
  scrubber: Scrubber,
  onBytes: (bytes: number) => void = () => undefined,
): Rewritten {
  return rewriteText(folder, file, NOWHERE, { scrubber, onBytes })
}

/** Rewrites a text file. A secret in it can span many lines, as a private key does. */
export function rewriteText(
  folder: string,
  file: string,
  target: Pick<Target, 'write'>,
  { scrubber, onBytes }: { scrubber: Scrubber; onBytes: (bytes: number) => void },
): Rewritten {
  const result: Rewritten = { replaced: 0, isProved: false }
  const stream = scrubber.stream()
  const take = ({ bytes, found }: ReturnType<typeof stream.end>): void => {
    result.replaced += found.length
    target.write(bytes)
  }
  // Short lines are searched together: a push costs as much as the search of a hundred bytes.
  const waiting = Buffer.allocUnsafe(BLOCK_BYTES)
  let length = 0
  const flush = (): void => {
    if (length > 0) take(stream.push(Uint8Array.from(waiting.subarray(0, length))))
    length = 0
  }
  const push = (bytes: Uint8Array): void => {
    if (bytes.length > waiting.length - length) flush()
    if (bytes.length > waiting.length) take(stream.push(Uint8Array.from(bytes)))
    else {
      waiting.set(bytes, length)
      length += bytes.length
    }
  }
  eachLine(folder, file, result, new Work(SCRUB_WORK), (opened, line) => {
    if (line.bytes === undefined) {
      flush()
      take(stream.end())
      result.replaced += rewriteRange(opened, line, target, scrubber)
    } else push(line.bytes)
    if (!line.isTorn) push(NEWLINE)
    onBytes(line.length + 1)
  })
  flush()
  take(stream.end())
  result.isProved = result.replaced === 0 && result.unreadable === undefined
  return result
}

const NEWLINE = Buffer.from('\n')
const BLOCK_BYTES = 256 * 1024

function eachLine(
  folder: string,
  file: string,
  result: Rewritten,
  work: Work,
  use: (opened: RegularFile, line: FileLine) => void,
): void {
  const opened = openRegular(join(folder, file))
  if ('refused' in opened) {
    result.unreadable = opened.reason
    return
  }
  const start = { byte: 0, line: 1 }
  const codec = codecOf(file)
  const lost = ({ reason }: { reason: string }): void => {
    result.unreadable ??= reason
  }
  try {
    const lines =
      codec === undefined
        ? readLines(opened.descriptor)
        : readSealedLines(codec, opened, start, Number.POSITIVE_INFINITY, lost)
    for (const line of lines) {
      if (!work.spend(LINE_WORK)) {
        result.unsearched = MORE_LINES
        return
      }
      use(opened, line)
    }
  } finally {
    opened[Symbol.dispose]()
  }
}

function goodRecords(line: Buffer): Rescued[] {
  const decoded = decodeLine(line, crc32)
  if (!('value' in decoded)) return rescueLine(line)
  return [{ value: decoded.value, offset: 0, length: line.length }]
}

/** Returns undefined if it is nested too deeply to be walked: then its bytes are searched. */
function scrubbedRecord(
  scrubLine: ScrubLine,
  record: Parameters<ScrubLine>[0],
): object | undefined {
  try {
    return scrubLine(record)
  } catch (cause) {
    if (cause instanceof RangeError) return undefined
    throw cause
  }
}

/** Rewrites a line that is too long to hold. */
function rewriteRange(
  { descriptor }: RegularFile,
  { byte, length }: FileLine,
  target: Pick<Target, 'write'>,
  scrubber: Scrubber,
): number {
  const stream = scrubber.stream()
  const block = Buffer.allocUnsafe(BLOCK_BYTES)
  let replaced = 0
  const take = ({ bytes, found }: ReturnType<typeof stream.end>): void => {
    replaced += found.length
    target.write(bytes)
  }
  for (let at = 0; at < length; ) {
    const wanted = Math.min(block.length, length - at)
    const count = readSync(descriptor, block, 0, wanted, byte + at)
    if (count === 0) break
    take(stream.push(Uint8Array.from(block.subarray(0, count))))
    at += count
  }
  take(stream.end())
  return replaced
}

import { usableIndexFolder } from '../session-index/index-folder.js'
import type { BlockScanner } from './block-scan.js'
import { type GramTables, type RawStamps, rawStamps, writeGramFile } from './gram-file.js'
import type { LogBlock } from './log-blocks.js'

/** Notes what a raw log contains while it is searched, so that the next search can skip it. */
export type GramNotes = {
  add(block: LogBlock): void
  /** Adds what no line contains as a whole: texts, or bytes of them. */
  addBeside(text: string | Uint8Array): void
  /** Saves the notes once everything was added. */
  keep(): void
}

/** A smaller part would be more precise, but each takes 64 KB. */
const PART_BYTES = 1024 * 1024

/** Returns undefined if the host is slow at it, or has no place for them, or the log is not worth it. */
export function gramNotes(folder: string, { grams }: BlockScanner): GramNotes | undefined {
  if (usableIndexFolder() === undefined) return undefined
  const stamps = grams && rawStamps(folder)
  return grams && stamps && notesOf(folder, stamps, grams)
}

function notesOf(
  folder: string,
  stamps: RawStamps,
  grams: NonNullable<BlockScanner['grams']>,
): GramNotes {
  // Left over from an earlier search that was stopped.
  grams.take()
  const parts: GramTables['parts'] = []
  const beside: Buffer[] = []
  let part: { file: string; from: number; to: number } | undefined
  let isWhole = true
  const endPart = (): void => {
    if (part !== undefined) parts.push({ ...part, table: grams.take() })
    part = undefined
  }
  return {
    add({ file, byte, bytes }) {
      if (part !== undefined && (part.file !== file || byte - part.from >= PART_BYTES)) endPart()
      part ??= { file, from: byte, to: byte }
      part.to = byte + bytes.length
      isWhole &&= grams.add(bytes)
    },
    addBeside(text) {
      beside.push(Buffer.from(text))
    },
    keep() {
      endPart()
      for (const text of beside) isWhole &&= grams.add(text)
      const table = grams.take()
      if (isWhole) writeGramFile(folder, stamps, { parts, beside: table })
    },
  }
}

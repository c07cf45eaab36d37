import { textOf } from '@tacho/format'
import type { Chunk } from '@tacho/reader'
import { jsonText } from '../json-text.js'
import { write } from '../output.js'
import { printableBytes } from '../printable.js'

/** Writes a line for each chunk: its time since the exchange began, its length, and its bytes. */
export async function writeChunkLines(chunks: Iterable<Chunk>): Promise<void> {
  for (const { at, bytes } of chunks) {
    const time = `${(at / 1000).toFixed(3)}ms`.padStart(12)
    const length = `${bytes.length} B`.padStart(9)
    await write(`${time} ${length}  ${printableBytes(bytes)}\n`)
  }
}

/** Writes a line for each message of an answer over a WebSocket: its text, made printable. */
export async function writeEvents(chunks: Iterable<Chunk>): Promise<void> {
  for (const { bytes } of chunks) {
    // The newline after each was added by the log.
    const text = bytes.at(-1) === NEWLINE ? bytes.subarray(0, -1) : bytes
    await write(`${printableBytes(text)}\n`)
  }
}

const NEWLINE = 10

/** Writes a JSON object for each chunk, with `text` or, if it is not UTF-8, `base64`. */
export async function writeChunkJson(chunks: Iterable<Chunk>): Promise<void> {
  for (const { at, bytes } of chunks) {
    const text = textOf(bytes)
    const content =
      text === undefined ? { base64: Buffer.from(bytes).toString('base64') } : { text }
    await write(`${jsonText({ atMs: at / 1000, bytes: bytes.length, ...content })}\n`)
  }
}

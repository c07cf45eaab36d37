/** What the start of a chunk's line says. */
export type ChunkHead = {
  exchange: string
  /** Microseconds since its exchange began. */
  at: number
  /** Bytes of the line before its content. */
  length: number
}

// As the recorder writes it (docs/format.md): the members before the content are short.
const HEAD = /^\{"kind":"chunk","exchange":"([^"\\]{1,64})","at":(\d{1,15})[,}]/
const HEAD_BYTES = 128

/**
 * Reads the start of a chunk's line, without its content and without verifying its checksum;
 * undefined for other lines.
 */
export function chunkHeadOf(line: Buffer): ChunkHead | undefined {
  const found = HEAD.exec(line.toString('latin1', 0, HEAD_BYTES))
  if (found === null) return undefined
  const [head, exchange = '', at = ''] = found
  return { exchange, at: Number(at), length: head.length }
}

import { createHash } from 'node:crypto'
import { bytesOf, type ChunkRecord, type EndRecord, MissingBytes } from '@tacho/format'
import { collectDamage, type Damage } from './damage.js'
import { exchangeRecords } from './exchange-records.js'
import type { IndexedExchange } from './raw-index.js'
import { ReaderError } from './reader-error.js'
import { whyNotWhole } from './why-not-whole.js'

/** Bytes of a response's body that arrived together. */
export type Chunk = {
  /** Microseconds since the exchange began. */
  at: number
  bytes: Uint8Array
}

/**
 * Reads the body of a response from the log, chunk by chunk. Records that continue a chunk are
 * joined to it.
 *
 * @param onBytes receives how many bytes of the log were read.
 * @throws ReaderError `missing-bytes` as soon as bytes are missing: immediately if nothing of the
 *   response was recorded, and after the last chunk if the checksum shows a loss, or the record
 * says
 *   that this was not all.
 */
export function* responseChunks(
  folder: string,
  exchange: IndexedExchange,
  onBytes?: (bytes: number) => void,
): Generator<Chunk> {
  const damage: Damage[] = []
  const hash = createHash('sha256')
  let chunk: Chunk | undefined
  let hasResponse = false
  let end: EndRecord | undefined
  let notKept: MissingBytes | undefined
  for (const record of exchangeRecords(folder, exchange, collectDamage(damage), onBytes)) {
    if (record.kind === 'response') hasResponse = true
    if (record.kind === 'end') end = record
    // What follows a hole is not part of the body's start; only the reason for the hole matters.
    if (record.kind !== 'chunk' || notKept !== undefined) continue
    if (chunk !== undefined && !record.continued) {
      yield chunk
      chunk = undefined
    }
    const bytes = chunkBytes(record)
    if (bytes instanceof MissingBytes) {
      notKept = bytes
      continue
    }
    hash.update(bytes)
    if (chunk === undefined) chunk = { at: record.at, bytes }
    else chunk.bytes = Buffer.concat([chunk.bytes, bytes])
  }
  if (chunk !== undefined) yield chunk
  if (!hasResponse && chunk === undefined) throw missing(exchange, noResponse(end))
  const fault = end && whyNotWhole(end)
  if (notKept !== undefined) {
    const why = fault === undefined ? notKept.message : `${notKept.message}, for ${fault}`
    throw missing(exchange, why, notKept)
  }
  const [first] = damage
  if (end === undefined && first !== undefined) {
    throw missing(exchange, `line ${first.line} of the raw log is damaged: ${first.reason}`)
  }
  if (end !== undefined && hash.digest('hex') !== end.responseSha256) {
    throw missing(exchange, 'what the log holds is not what arrived (its SHA-256 differs)')
  }
  if (fault !== undefined) throw missing(exchange, fault)
}

function chunkBytes(record: ChunkRecord): Uint8Array | MissingBytes {
  try {
    return bytesOf(record.content)
  } catch (cause) {
    if (cause instanceof MissingBytes) return cause
    throw cause
  }
}

function noResponse(end: EndRecord | undefined): string {
  if (end === undefined) return 'none had arrived when the recording ends'
  const why = end.error === undefined ? end.state : `${end.error.code}, ${end.error.message}`
  return `none arrived (${why})`
}

function missing(exchange: IndexedExchange, reason: string, cause?: Error): ReaderError {
  return new ReaderError(
    'missing-bytes',
    `The response body of exchange ${exchange.number} is not whole: ${reason}.`,
    { cause },
  )
}

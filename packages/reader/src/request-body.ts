import { createHash } from 'node:crypto'
import { bytesOf, MissingBytes, type RequestBodyRecord, SESSION_FILES } from '@tacho/format'
import { collectDamage, type Damage } from './damage.js'
import type { IndexedExchange, RawIndex } from './raw-index.js'
import { rawRecordOf } from './raw-record-of.js'
import { readLog } from './read-log.js'
import { ReaderError } from './reader-error.js'

/**
 * The body of a request, put together from its pieces and proved by its checksum.
 *
 * @throws ReaderError `missing-bytes` where it was not recorded, not kept, or is damaged.
 */
export function requestBody(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
): Uint8Array {
  const record = bodyRecord(folder, exchange)
  try {
    const bytes = resolve(folder, index, exchange, record)
    if (createHash('sha256').update(bytes).digest('hex') === record.sha256) return bytes
  } catch (cause) {
    if (!(cause instanceof MissingBytes)) throw cause
    throw missing(exchange, cause.message, cause)
  }
  throw missing(exchange, 'what the log holds is not what was sent (its SHA-256 differs)')
}

// A body copies from earlier ones, and these from still earlier ones. Each is put together once.
function resolve(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
  record: RequestBodyRecord,
  known = new Map<string, Uint8Array>(),
): Uint8Array {
  return bytesOf(record.content, (copied, at, length) => {
    const source = index.byId.get(copied)
    const place = source?.requestBody?.byte
    // Copying from itself or from a later one would never end.
    if (source === undefined || place === undefined || place >= (exchange.requestBody?.byte ?? 0)) {
      throw new MissingBytes(
        `it copies from exchange ${copied}, whose request is not there before it`,
      )
    }
    let bytes = known.get(copied)
    if (bytes === undefined) {
      bytes = resolve(folder, index, source, bodyRecord(folder, source), known)
      known.set(copied, bytes)
    }
    const part = bytes.subarray(at, at + length)
    if (part.length < length) throw new MissingBytes(`it copies beyond the end of ${copied}`)
    return part
  })
}

function bodyRecord(folder: string, exchange: IndexedExchange): RequestBodyRecord {
  const { requestBody: place } = exchange
  if (place === undefined) throw missing(exchange, 'it was not recorded')
  const damage: Damage[] = []
  const range = { from: place, to: place.byte + place.length }
  for (const { value } of readLog(folder, SESSION_FILES.raw, collectDamage(damage), range)) {
    const record = rawRecordOf(value)
    if (typeof record !== 'string' && record.kind === 'request-body') return record
  }
  throw missing(exchange, damage[0]?.reason ?? 'its record is not there any more')
}

function missing(exchange: IndexedExchange, reason: string, cause?: Error): ReaderError {
  return new ReaderError(
    'missing-bytes',
    `The request body of exchange ${exchange.number} cannot be given back: ${reason}.`,
    { cause },
  )
}

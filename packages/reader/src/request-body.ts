import { hash } from 'node:crypto'
import {
  BodyReader,
  bytesOf,
  MissingBytes,
  type RequestBodyRecord,
  SESSION_FILES,
} from '@tacho/format'
import { collectDamage, type Damage } from './damage.js'
import { KeptFiles } from './kept-files.js'
import { BODY_PIECE_WORK, BODY_WORK } from './limits.js'
import { type IndexedExchange, lookUpsOf, type RawIndex } from './raw-index.js'
import { rawRecordOf } from './raw-record-of.js'
import { readLog } from './read-log.js'
import { ReaderError } from './reader-error.js'
import { whyNotWhole } from './why-not-whole.js'

/**
 * Assembles the body of a request from its pieces and verifies its checksum.
 *
 * @throws ReaderError `missing-bytes` if it was not recorded whole, not kept, or is damaged.
 */
export function requestBody(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
): Uint8Array {
  const [body] = [...requestPieces(folder, index, exchange)]
  return body ?? new Uint8Array()
}

/**
 * The same for callers that can use a part: yields what was recorded, then throws if that was not
 * all.
 */
export function* requestPieces(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
): Generator<Uint8Array> {
  const body = wholeBody(folder, index, exchange)
  if (body === undefined) return
  const { bytes, fault } = body
  yield bytes
  if (fault !== undefined) {
    const words = `The request body of exchange ${exchange.number} is not whole: ${fault}.`
    throw new ReaderError('missing-bytes', words)
  }
}

// A function of its own, so that the record is not kept alive while the caller works.
function wholeBody(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
): { bytes: Uint8Array; fault: string | undefined } | undefined {
  const record = bodyRecord(folder, exchange)
  if (record === undefined) {
    // Nothing was sent if the end says so, or if the method has no body.
    if (exchange.sentNothing) return undefined
    throw missing(exchange, 'there is no record of it in the log')
  }
  if (typeof record === 'string') throw missing(exchange, record)
  const bytes = assemble(folder, index, exchange, record)
  const pieces = typeof record.content === 'string' ? 1 : record.content.length
  lookUpsOf(exchange).spend(BODY_WORK + pieces * BODY_PIECE_WORK + bytes.length)
  if (hash('sha256', bytes) !== record.sha256) {
    throw missing(exchange, 'what the log holds is not what was sent (its SHA-256 differs)')
  }
  return { bytes, fault: whyNotWhole(record) }
}

function assemble(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
  record: RequestBodyRecord,
): Uint8Array {
  try {
    // A long literal body is not read, and held, twice.
    if (typeof record.content === 'string' && record.content.length > LONG_BODY)
      return bytesOf(record.content)
    return bodiesOf(folder, index).read(exchange.id)
  } catch (cause) {
    if (!(cause instanceof MissingBytes)) throw cause
    const why = whyNotWhole(record)
    throw missing(
      exchange,
      why === undefined ? cause.message : `${cause.message}, for ${why}`,
      cause,
    )
  }
}

/** In characters. */
const LONG_BODY = 8 * 1024 * 1024

const allBodies = new WeakMap<RawIndex, Bodies>()

/** The same bodies for all who use an index: the next mostly copies from those before. */
function bodiesOf(folder: string, index: RawIndex): Bodies {
  const held = allBodies.get(index) ?? new Bodies(folder, index)
  allBodies.set(index, held)
  return held
}

/** The request bodies of a session. */
class Bodies {
  readonly #files: KeptFiles
  readonly #reader: BodyReader

  constructor(folder: string, index: RawIndex) {
    this.#files = new KeptFiles(folder)
    this.#reader = new BodyReader((id) => {
      const exchange = index.byId.get(id)
      const found = exchange && bodyRecord(folder, exchange, this.#files)
      return typeof found === 'object' ? found.content : undefined
    })
  }

  /** @throws MissingBytes */
  read(id: string): Uint8Array {
    try {
      return this.#reader.read(id)
    } finally {
      // Nobody knows when the next one is read.
      this.#files.close()
    }
  }
}

/**
 * Returns the record of a request's body, or the reason why it cannot be read, or undefined if
 * there is none.
 *
 * @param files for reading many.
 */
export function bodyRecord(
  folder: string,
  exchange: IndexedExchange,
  files?: KeptFiles,
): RequestBodyRecord | string | undefined {
  const { requestBody: place } = exchange
  const work = lookUpsOf(exchange)
  if (place === undefined) return undefined
  const value = files?.record(place, work)
  const record = value === undefined ? undefined : rawRecordOf(value)
  if (typeof record === 'object' && record.kind === 'request-body') return record
  const damage: Damage[] = []
  const range = { from: place, to: place.byte + place.length + 1, work }
  for (const { value } of readLog(folder, SESSION_FILES.raw, collectDamage(damage), range)) {
    const record = rawRecordOf(value)
    if (typeof record !== 'string' && record.kind === 'request-body') return record
  }
  return damage[0]?.reason ?? 'its record is not there any more'
}

function missing(exchange: IndexedExchange, reason: string, cause?: Error): ReaderError {
  return new ReaderError(
    'missing-bytes',
    `The request body of exchange ${exchange.number} cannot be given back: ${reason}.`,
    { cause },
  )
}

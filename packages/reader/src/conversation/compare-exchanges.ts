import { compareRequests, type JsonPath, placeAt, type RequestComparison } from '@tacho/model'
import type { IndexedExchange } from '../raw-index.js'
import type { ConversationReader, Given } from './conversation-reader.js'

/** How one request differs from another, in its parts and in its bytes. */
export type ComparedExchanges = {
  before: IndexedExchange
  after: IndexedExchange
  comparison: RequestComparison
  /** The bodies as sent. */
  body: {
    /** Bytes that both begin with, and the length of each. */
    common: number
    before: number
    after: number
    /**
     * The part of the later body that contains the first differing byte; absent if there is none.
     */
    place?: JsonPath
  }
  /** Parts of the two that are missing. */
  missing: Given['missing']
}

/**
 * Compares the requests of two exchanges.
 *
 * @throws ReaderError `missing-bytes` if a body is missing.
 */
export function compareExchanges(
  reader: ConversationReader,
  before: IndexedExchange,
  after: IndexedExchange,
): ComparedExchanges {
  const [one, two] = [reader.given(before), reader.given(after)]
  const common = commonBytes(one.body, two.body)
  const isSame = common === one.body.length && common === two.body.length
  return {
    before,
    after,
    comparison: compareRequests(one.request, two.request),
    body: {
      common,
      before: one.body.length,
      after: two.body.length,
      ...(!isSame && { place: placeOf(two.body, common) }),
    },
    missing: [...one.missing, ...two.missing],
  }
}

function commonBytes(one: Uint8Array, other: Uint8Array): number {
  const most = Math.min(one.length, other.length)
  let common = 0
  while (common < most && one[common] === other[common]) common += 1
  return common
}

/**
 * Returns the path of the JSON value that contains a byte. Decoded to one code unit per byte, so
 * that offsets are the same.
 */
export function placeOf(body: Uint8Array, byte: number): JsonPath {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1')
  return placeAt(text, byte).map((step) =>
    typeof step === 'string' ? Buffer.from(step, 'latin1').toString() : step,
  )
}

import { createHash } from 'node:crypto'
import { contentOf, type EncodedBody, type RequestBodyRecord } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import type { BodyEnds, BothEnds } from './body-ends.js'
import { decodeWhole } from './content-coding.js'

/** A request's body as it is recorded, and its bytes where the whole of it could be kept. */
export type RecordedBody = {
  record: Omit<RequestBodyRecord, 'kind' | 'exchange' | 'at'>
  bytes?: Uint8Array
  /** How it was encoded, to be kept once the record is written. */
  encoded?: EncodedBody
}

/**
 * Makes the record of a request's body: the content coding off, the secrets replaced.
 *
 * @param encode turns the whole body into content; may copy from earlier bodies.
 */
export function recordRequestBody(
  body: BodyEnds,
  coding: string | undefined,
  scrubber: Scrubber,
  encode: (bytes: Uint8Array) => EncodedBody,
): RecordedBody {
  const taken = body.take()
  if (!('whole' in taken)) return { record: endsRecord(taken, scrubber, body.length) }
  if (coding === undefined) return wholeRecord(taken.whole, scrubber, encode)
  const decoded = decodeWhole(coding, taken.whole)
  // What cannot be decoded cannot be searched for secrets, so it is not written at all.
  if (decoded === undefined) return { record: omittedRecord(taken.whole) }
  const whole = wholeRecord(decoded, scrubber, encode)
  const wire = { bytes: taken.whole.length, sha256: sha256(taken.whole) }
  return { ...whole, record: { ...whole.record, decoded: coding, wire } }
}

function wholeRecord(
  body: Uint8Array,
  scrubber: Scrubber,
  encode: (bytes: Uint8Array) => EncodedBody,
): RecordedBody {
  const { bytes, found } = scrubber.bytes(body)
  const encoded = encode(bytes)
  const record = { content: encoded.content, bytes: bytes.length, sha256: sha256(bytes) }
  return { record: found.length > 0 ? { ...record, scrubbed: found } : record, bytes, encoded }
}

function endsRecord(ends: BothEnds, scrubber: Scrubber, length: number): RecordedBody['record'] {
  const first = scrubber.bytes(ends.first)
  const last = scrubber.bytes(ends.last)
  const content = [contentOf(first.bytes), { omitted: ends.omitted }, contentOf(last.bytes)].flat()
  return { content, bytes: length, sha256: ends.sha256 }
}

function omittedRecord(wire: Uint8Array): RecordedBody['record'] {
  return { content: [{ omitted: wire.length }], bytes: wire.length, sha256: sha256(wire) }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

import { createHash } from 'node:crypto'
import type { Content, EncodedBody, RequestBodyRecord } from '@tacho/format'
import type { AllScrubbed, ScrubbedBytes, Scrubber } from '@tacho/scrub'
import { BODY_BYTES, BODY_END_BYTES } from '../limits.js'
import { scrubbedContentOf } from '../line.js'
import { BodyEnds, type BothEnds } from './body-ends.js'
import { brokenBy } from './decoding/broken-by.js'
import type { BodyCoding } from './decoding/codings.js'
import { decodeSmall } from './decoding/decode-small.js'
import type { DecodingThread } from './decoding/decoding-thread.js'
import type { DecodingOutcome } from './decoding/messages.js'
import { PlainText } from './decoding/plain-text.js'

/** A request's body as it is recorded, with its bytes if all of it could be kept. */
export type RecordedBody = {
  record: AllScrubbed<Omit<RequestBodyRecord, 'kind' | 'exchange' | 'at'>>
  bytes?: ScrubbedBytes
  /** How it was encoded; to be kept once the record is written. */
  encoded?: EncodedBody
}

export type RequestBodyOptions = {
  coding: BodyCoding
  /** Whether all of it was seen. */
  isWhole: boolean
  /** How many bytes passed unrecorded while too much was waiting. */
  missed: number
  scrubber: Scrubber
  /** Encodes the whole body as content; may copy from earlier bodies. */
  encode: (bytes: ScrubbedBytes) => EncodedBody
  decoding: Pick<DecodingThread, 'open'>
}

/** The same before its texts are scrubbed; the content already is. */
type ToldBody = Omit<RecordedBody, 'record'> & { record: ToldRecord }
type ToldRecord = Omit<RequestBodyRecord, 'kind' | 'exchange' | 'at' | 'content'> & {
  content: AllScrubbed<Content>
}

/**
 * Makes the record of a request's body, decoded and scrubbed.
 *
 * @param done receives it: synchronously, unless the body is coded and large or broken.
 */
export function recordRequestBody(
  body: BodyEnds,
  options: RequestBodyOptions,
  done: (recorded: RecordedBody) => void,
): void {
  const finish = (told: ToldBody) => {
    body.release()
    const { content, ...facts } = told.record
    const { isWhole, missed } = options
    const cut = isWhole ? {} : { cut: true as const, ...(missed > 0 && { missed }) }
    const record = { content, ...options.scrubber.all({ ...facts, ...cut }) }
    done({ ...told, record })
  }
  const { coding } = options
  const taken = body.take()
  if (!('whole' in taken)) {
    // The end of a coded body cannot be searched for secrets.
    const isPlain = coding === 'none'
    finish({ record: isPlain ? endsRecord(taken, options, body) : omittedRecord(body) })
  } else if (taken.whole.length === 0 || coding === 'none') {
    finish(wholeRecord(taken.whole, options, body))
  } else if (coding === 'unknown') {
    const isText = new PlainText().push(taken.whole)
    finish(isText ? wholeRecord(taken.whole, options, body) : { record: omittedRecord(body) })
  } else {
    const decoded = decodeSmall(coding.codings, taken.whole)
    if (decoded === undefined) decodeApart(taken.whole, coding, body, options, finish)
    else finish(decodedRecord(decoded, coding.name, body, options))
  }
}

/**
 * Decodes a body in the thread, because it takes longer than the host should wait, or to find its
 * fault.
 */
function decodeApart(
  wire: Uint8Array,
  { codings, name }: Exclude<BodyCoding, string>,
  body: BodyEnds,
  options: RequestBodyOptions,
  done: (recorded: ToldBody) => void,
): void {
  const decoded = new BodyEnds()
  let given = 0
  const give = () => {
    const slice = wire.subarray(given, given + GIVEN_BYTES)
    given += slice.length
    if (slice.length > 0) decoding.push(slice, 0)
    else decoding.end(0)
  }
  const decoding = options.decoding.open(codings, {
    decoded: (bytes) => decoded.push(bytes),
    taken: give,
    over: (outcome) => done(outcomeRecord(outcome, decoded, name, body, options)),
  })
  give()
}

/** How much the thread is given at a time: the bytes are copied, and the host waits for that. */
const GIVEN_BYTES = 512 * 1024

function outcomeRecord(
  outcome: DecodingOutcome,
  decoded: BodyEnds,
  name: string,
  body: BodyEnds,
  options: RequestBodyOptions,
): ToldBody {
  if (outcome === 'stopped') {
    const { content, bytes: length, sha256 } = beginningRecord(decoded, options)
    const wire = wireOf(body)
    return { record: { content, bytes: length, sha256, decoded: name, wire, stopped: BODY_BYTES } }
  }
  const taken = decoded.take()
  const bytes = 'whole' in taken ? taken.whole : taken.first
  if (outcome === 'whole') return decodedRecord(bytes, name, body, options)
  const broken = brokenBy(outcome, options.isWhole)
  if (bytes.length === 0) return { record: { ...omittedRecord(body), ...broken } }
  const recorded = decodedRecord(bytes, name, body, options)
  return { ...recorded, record: { ...recorded.record, ...broken } }
}

function decodedRecord(
  decoded: Uint8Array,
  name: string,
  body: BodyEnds,
  options: RequestBodyOptions,
): ToldBody {
  const whole = wholeRecord(decoded, options)
  return { ...whole, record: { ...whole.record, decoded: name, wire: wireOf(body) } }
}

/** @param body the body as sent, if these are its bytes: its hash may be known. */
function wholeRecord(
  bytes: Uint8Array,
  { scrubber, encode }: RequestBodyOptions,
  body?: BodyEnds,
): ToldBody {
  const scrubbed = scrubber.bytes(bytes)
  const encoded = encode(scrubbed.bytes)
  const isAsSent = body !== undefined && scrubbed.bytes === bytes
  const record = {
    content: encoded.content as AllScrubbed<Content>,
    bytes: scrubbed.bytes.length,
    sha256: isAsSent ? body.sha256 : sha256(scrubbed.bytes),
  }
  const { found } = scrubbed
  return {
    record: found.length > 0 ? { ...record, scrubbed: found } : record,
    bytes: scrubbed.bytes,
    encoded,
  }
}

function endsRecord(ends: BothEnds, { scrubber }: RequestBodyOptions, body: BodyEnds): ToldRecord {
  const first = firstOf(ends.first, scrubber)
  const last = scrubber.bytes(ends.last).bytes.subarray(-BODY_END_BYTES) as ScrubbedBytes
  const omitted = body.length - first.length - last.length
  const content = [scrubbedContentOf(first), { omitted }, scrubbedContentOf(last)].flat()
  return { content, bytes: body.length, sha256: ends.sha256 }
}

/** Records only the beginning of a decoded body: its end is unknown. */
function beginningRecord(decoded: BodyEnds, { scrubber }: RequestBodyOptions): ToldRecord {
  const first = firstOf(decoded.beginning, scrubber)
  const content = [scrubbedContentOf(first), { omitted: decoded.length - first.length }].flat()
  return { content, bytes: decoded.length, sha256: decoded.sha256 }
}

/** Drops trailing bytes that could be the beginning of a longer secret. */
function firstOf(bytes: Uint8Array, scrubber: Scrubber): ScrubbedBytes {
  return scrubber.stream().push(bytes).bytes
}

function omittedRecord(body: BodyEnds): ToldRecord {
  return { content: [{ omitted: body.length }], bytes: body.length, sha256: body.sha256 }
}

function wireOf(body: BodyEnds): NonNullable<RequestBodyRecord['wire']> {
  return { bytes: body.length, sha256: body.sha256 }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

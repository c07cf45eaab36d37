import type { Content, GapRecord, Headers, RawRecord } from '@tacho/format'
import type { Damage } from './damage.js'
import { isObject } from './json-value.js'

/** `unknown`: a kind that a later Tacho writes. `broken`: not one of our records, or incomplete. */
export type Unusable = 'unknown' | 'broken'

/**
 * Checks that an object of the raw log is the record that it claims to be, part by part: whoever
 * can write to the folder could have written anything.
 */
export function rawRecordOf(value: Record<string, unknown>): RawRecord | Unusable {
  if (typeof value.kind !== 'string') return 'broken'
  const check = CHECKS.get(value.kind)
  if (check === undefined) return 'unknown'
  return check(value) ? (value as RawRecord) : 'broken'
}

/** Returns the exchange of a record; for a message without one, its connection's. */
export function exchangeIdOf(record: Exclude<RawRecord, GapRecord>): string {
  return record.kind === 'message' ? record.connection : record.exchange
}

/**
 * Returns the damage to report for a line without a usable record; unknown kinds are not damage.
 */
export function damageOf(unusable: Unusable): Pick<Damage, 'reason'> | undefined {
  return unusable === 'broken' ? { reason: 'not a record of this log' } : undefined
}

type Check = (value: Record<string, unknown>) => boolean

const CHECKS = new Map<RawRecord['kind'] | (string & {}), Check>([
  [
    'exchange',
    (value) =>
      areTexts(value, ['exchange', 'time', 'method', 'url', 'run']) &&
      areTextsIfThere(value, ['traceId', 'threadId', 'turnId', 'transport', 'connection']) &&
      areTextsIfThere(value, ['threadSource', 'provider', 'within']) &&
      (value.prewarm === undefined || typeof value.prewarm === 'boolean') &&
      areHeaders(value.headers),
  ],
  [
    'request-body',
    (value) =>
      areTexts(value, ['exchange', 'sha256']) &&
      areCounts(value, ['at', 'bytes']) &&
      isContent(value.content) &&
      (value.wire === undefined || (isObject(value.wire) && areCounts(value.wire, ['bytes']))) &&
      (value.cut === undefined || value.cut === true) &&
      saysHowDecodingEnded(value),
  ],
  [
    'response',
    (value) =>
      areTexts(value, ['exchange', 'statusText']) &&
      areCounts(value, ['at', 'status']) &&
      areHeaders(value.headers),
  ],
  [
    'chunk',
    (value) =>
      areTexts(value, ['exchange']) && areCounts(value, ['at']) && isContent(value.content),
  ],
  [
    'end',
    (value) =>
      areTexts(value, ['exchange', 'state', 'responseSha256']) &&
      ['completed', 'cancelled', 'failed'].includes(value.state as string) &&
      areCounts(value, ['at', 'requestBytes', 'responseBytes']) &&
      saysHowDecodingEnded(value) &&
      areCountsIfThere(value, ['hungUpAt']) &&
      (value.peer === undefined || isPeer(value.peer)) &&
      (value.trailers === undefined || areHeaders(value.trailers)) &&
      (value.webSocket === undefined || isWebSocketEnd(value.webSocket)) &&
      (value.error === undefined ||
        (isObject(value.error) && areTexts(value.error, ['side', 'code', 'message']))),
  ],
  [
    'message',
    (value) =>
      areTexts(value, ['connection', 'type']) &&
      areCounts(value, ['at']) &&
      isSide(value.from) &&
      isContent(value.content) &&
      areCountsIfThere(value, ['code']),
  ],
  [
    'unparsed',
    (value) =>
      areTexts(value, ['exchange', 'side', 'reason']) &&
      ['request', 'response'].includes(value.side as string) &&
      areCounts(value, ['at']),
  ],
  [
    'gap',
    (value) =>
      areTexts(value, ['time', 'since', 'reason']) &&
      areCounts(value, ['bytes']) &&
      isObject(value.lost) &&
      Object.values(value.lost).every(isCount),
  ],
])

function isWebSocketEnd(value: unknown): boolean {
  return (
    isObject(value) &&
    isSide(value.closedBy) &&
    areCounts(value, ['sent', 'received']) &&
    areCountsIfThere(value, ['code']) &&
    areTextsIfThere(value, ['reason'])
  )
}

function isPeer(value: unknown): boolean {
  return (
    isObject(value) &&
    areTextsIfThere(value, ['address']) &&
    areCountsIfThere(value, ['port']) &&
    (value.http2 === undefined || value.http2 === true)
  )
}

function isSide(value: unknown): boolean {
  return value === 'agent' || value === 'upstream'
}

/** Why it is not whole. */
function saysHowDecodingEnded(value: Record<string, unknown>): boolean {
  return areTextsIfThere(value, ['broken']) && areCountsIfThere(value, ['stopped', 'missed'])
}

function isContent(content: unknown): content is Content {
  if (typeof content === 'string') return true
  return Array.isArray(content) && content.every(isPiece)
}

function isPiece(piece: unknown): boolean {
  if (typeof piece === 'string') return true
  if (!isObject(piece)) return false
  if ('base64' in piece) return isBase64(piece.base64)
  // A body can have very many of these: no list is made for each.
  if ('copy' in piece)
    return typeof piece.copy === 'string' && isCount(piece.at) && isCount(piece.length)
  return isCount(piece.omitted)
}

function isBase64(text: unknown): boolean {
  return typeof text === 'string' && text.length % 4 === 0 && /^[0-9A-Za-z+/]*={0,2}$/.test(text)
}

function areHeaders(headers: unknown): headers is Headers {
  if (!Array.isArray(headers)) return false
  return headers.every(
    (field) =>
      Array.isArray(field) && field.length === 2 && field.every((part) => typeof part === 'string'),
  )
}

function areTexts(value: Record<string, unknown>, names: string[]): boolean {
  for (const name of names) if (typeof value[name] !== 'string') return false
  return true
}

function areTextsIfThere(value: Record<string, unknown>, names: string[]): boolean {
  for (const name of names)
    if (value[name] !== undefined && typeof value[name] !== 'string') return false
  return true
}

function areCounts(value: Record<string, unknown>, names: string[]): boolean {
  for (const name of names) if (!isCount(value[name])) return false
  return true
}

function areCountsIfThere(value: Record<string, unknown>, names: string[]): boolean {
  return names.every((name) => value[name] === undefined || isCount(value[name]))
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

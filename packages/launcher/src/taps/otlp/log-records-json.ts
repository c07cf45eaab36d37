import { type LogRecord, momentOf } from './log-record.js'
import { attributesOf, listOf, membersIn, nanoseconds } from './otlp-json.js'

/**
 * Parses the log records of an export in OTLP's JSON (OTLP 1.9, "JSON Protobuf Encoding"). Unknown
 * members are skipped; an unreadable time counts as none.
 *
 * @throws Malformed if it is not such an export.
 */
export function logRecordsOfJson(bytes: Uint8Array): LogRecord[] {
  return listOf(membersIn(bytes), 'resourceLogs')
    .flatMap((resource) => listOf(resource, 'scopeLogs'))
    .flatMap((scope) => listOf(scope, 'logRecords'))
    .map((record) => ({
      at: momentOf(nanoseconds(record.timeUnixNano), nanoseconds(record.observedTimeUnixNano)),
      attributes: attributesOf(record),
    }))
}

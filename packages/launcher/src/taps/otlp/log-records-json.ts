import { type LogRecord, momentOf } from './log-record.js'
import { attributesOf, listOf, membersIn, nanoseconds } from './otlp-json.js'

/**
 * The log records of an export in OTLP's JSON (OTLP 1.9, "JSON Protobuf Encoding"). Members that
 * are not known are skipped; records without a readable time have none.
 *
 * @throws Malformed where it is no such export.
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

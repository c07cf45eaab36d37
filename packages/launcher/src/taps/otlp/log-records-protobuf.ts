import { type AttributeValue, type LogRecord, momentOf } from './log-record.js'
import { type Field, fieldsOf } from './wire-format.js'

// Field numbers of opentelemetry-proto 1.9: collector/logs/v1/logs_service.proto,
// logs/v1/logs.proto and common/v1/common.proto.
const REQUEST = { resourceLogs: 1 }
const RESOURCE_LOGS = { scopeLogs: 2 }
const SCOPE_LOGS = { logRecords: 2 }
const LOG_RECORD = { timeUnixNano: 1, attributes: 6, observedTimeUnixNano: 11 }
const KEY_VALUE = { key: 1, value: 2 }
const ANY_VALUE = { string: 1, bool: 2, int: 3, double: 4 }

/**
 * Parses the log records of an export in OTLP's binary form.
 *
 * @throws Malformed if it is not a Protocol Buffers message.
 */
export function logRecordsOfProtobuf(bytes: Uint8Array): LogRecord[] {
  return messagesAt(bytes, REQUEST.resourceLogs)
    .flatMap((resource) => messagesAt(resource, RESOURCE_LOGS.scopeLogs))
    .flatMap((scope) => messagesAt(scope, SCOPE_LOGS.logRecords))
    .map(logRecord)
}

function messagesAt(message: Uint8Array, number: number): Uint8Array[] {
  return [...fieldsOf(message)].flatMap((field) =>
    field.kind === 'bytes' && field.number === number ? [field.value] : [],
  )
}

function logRecord(message: Uint8Array): LogRecord {
  let time = 0n
  let observed = 0n
  const attributes = new Map<string, AttributeValue>()
  for (const field of fieldsOf(message)) {
    if (field.kind === 'fixed64' && field.number === LOG_RECORD.timeUnixNano) {
      time = field.value.getBigUint64(0, true)
    } else if (field.kind === 'fixed64' && field.number === LOG_RECORD.observedTimeUnixNano) {
      observed = field.value.getBigUint64(0, true)
    } else if (field.kind === 'bytes' && field.number === LOG_RECORD.attributes) {
      const [key, value] = keyValue(field.value)
      if (value !== undefined) attributes.set(key, value)
    }
  }
  return { at: momentOf(time, observed), attributes }
}

function keyValue(message: Uint8Array): [string, AttributeValue | undefined] {
  let key = ''
  let value: AttributeValue | undefined
  for (const field of fieldsOf(message)) {
    if (field.kind !== 'bytes') continue
    if (field.number === KEY_VALUE.key) key = textOf(field.value)
    if (field.number === KEY_VALUE.value) value = anyValue(field.value)
  }
  return [key, value]
}

// In a `oneof` the last field counts.
function anyValue(message: Uint8Array): AttributeValue | undefined {
  let value: AttributeValue | undefined
  for (const field of fieldsOf(message)) value = plainValue(field)
  return value
}

function plainValue(field: Field): AttributeValue | undefined {
  switch (field.kind) {
    case 'bytes':
      return field.number === ANY_VALUE.string ? textOf(field.value) : undefined
    case 'fixed64':
      return field.number === ANY_VALUE.double ? field.value.getFloat64(0, true) : undefined
    case 'varint':
      if (field.number === ANY_VALUE.bool) return field.value !== 0n
      return field.number === ANY_VALUE.int ? Number(BigInt.asIntN(64, field.value)) : undefined
    case 'fixed32':
      return undefined
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

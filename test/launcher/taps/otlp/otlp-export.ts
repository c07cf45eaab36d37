/** An attribute's value, by the member that holds it in OTLP/JSON. */
type Value =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }

/** A log record to export. */
export type Exported = {
  timeUnixNano: string
  observedTimeUnixNano: string
  attributes: { key: string; value: Value }[]
}

/** An export in OTLP/JSON, with members that a receiver has to skip. */
export function jsonExport(logRecords: readonly Exported[]): Buffer {
  const body = { stringValue: 'skipped' }
  const scope = { name: 'test' }
  return Buffer.from(
    JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [] },
          scopeLogs: [{ scope, logRecords: logRecords.map((one) => ({ ...one, body, later: 1 })) }],
        },
      ],
    }),
  )
}

/** The same in OTLP's binary form (opentelemetry-proto 1.9). */
export function protobufExport(logRecords: readonly Exported[]): Buffer {
  const records = logRecords.map((one) => bytes(2, logRecord(one)))
  const scopeLogs = bytes(2, Buffer.concat([bytes(1, bytes(1, text('test'))), ...records]))
  return bytes(1, Buffer.concat([bytes(1, Buffer.of()), scopeLogs]))
}

function logRecord({ timeUnixNano, observedTimeUnixNano, attributes }: Exported): Buffer {
  return Buffer.concat([
    fixed64(1, BigInt(timeUnixNano)),
    varint(2, 9n),
    bytes(5, bytes(1, text('skipped'))),
    ...attributes.map(({ key, value }) =>
      bytes(6, Buffer.concat([bytes(1, text(key)), bytes(2, anyValue(value))])),
    ),
    Buffer.from([(8 << 3) | 5, 1, 0, 0, 0]),
    fixed64(11, BigInt(observedTimeUnixNano)),
    varint(99, 2n ** 63n),
  ])
}

function anyValue(value: Value): Buffer {
  if ('stringValue' in value) return bytes(1, text(value.stringValue))
  if ('boolValue' in value) return varint(2, value.boolValue ? 1n : 0n)
  if ('intValue' in value) return varint(3, BigInt.asUintN(64, BigInt(value.intValue)))
  const double = Buffer.alloc(8)
  double.writeDoubleLE(value.doubleValue)
  return Buffer.concat([tag(4, 1), double])
}

function text(characters: string): Buffer {
  return Buffer.from(characters)
}

function bytes(number: number, value: Buffer): Buffer {
  return Buffer.concat([tag(number, 2), number128(BigInt(value.length)), value])
}

function varint(number: number, value: bigint): Buffer {
  return Buffer.concat([tag(number, 0), number128(value)])
}

function fixed64(number: number, value: bigint): Buffer {
  const eight = Buffer.alloc(8)
  eight.writeBigUInt64LE(value)
  return Buffer.concat([tag(number, 1), eight])
}

function tag(number: number, wireType: number): Buffer {
  return number128(BigInt(number * 8 + wireType))
}

/** A varint: groups of seven bits, least significant first. */
function number128(value: bigint): Buffer {
  const groups: number[] = []
  let rest = value
  do {
    groups.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(groups)
}

/**
 * OTLP/JSON, as far as spans need it: the opentelemetry-proto messages in their JSON mapping
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). Ids are hex, 64-bit numbers
 * are decimal strings, enumerations are numbers.
 */
export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string | number }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } }

export type KeyValue = { key: string; value: AnyValue }

export type OtlpSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer: one more than the API's. */
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: KeyValue[]
  droppedAttributesCount?: number
  events?: { timeUnixNano: string; name: string; attributes: KeyValue[] }[]
  droppedEventsCount?: number
  links?: { traceId: string; spanId: string; attributes: KeyValue[] }[]
  droppedLinksCount?: number
  /** 0 unset, 1 ok, 2 error. */
  status: { code?: number; message?: string }
}

/** An ended span's line of `session_meta.log`: what the Collector's `otlpjsonfile` reads. */
export type TracesData = {
  resourceSpans: {
    resource: { attributes: KeyValue[] }
    scopeSpans: { scope: { name: string; version?: string }; spans: OtlpSpan[] }[]
  }[]
}

/** A started span's line of `session_meta.log`: what it had when it began. */
export type StartedSpan = {
  started: Pick<
    OtlpSpan,
    'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'kind' | 'startTimeUnixNano' | 'attributes'
  >
}

type AttributeValue =
  | string
  | number
  | boolean
  | readonly (string | number | boolean | null | undefined)[]

/** Attributes as OTLP/JSON writes them. Values without one (undefined, an object) are left out. */
export function otlpAttributes(
  attributes: Readonly<Record<string, AttributeValue | undefined>>,
): KeyValue[] {
  const pairs: KeyValue[] = []
  for (const [key, value] of Object.entries(attributes)) {
    const any = anyValue(value)
    if (any !== undefined) pairs.push({ key, value: any })
  }
  return pairs
}

/** Attributes as plain values; a 64-bit number that is no safe integer stays a string. */
export function plainAttributes(pairs: readonly KeyValue[]): Record<string, PlainValue> {
  const plain: Record<string, PlainValue> = Object.create(null)
  for (const { key, value } of pairs) {
    const one = plainValue(value)
    if (one !== undefined) plain[key] = one
  }
  return plain
}

export type PlainValue = string | number | boolean | PlainValue[]

function anyValue(value: AttributeValue | null | undefined): AnyValue | undefined {
  switch (typeof value) {
    case 'string':
      return { stringValue: value }
    case 'boolean':
      return { boolValue: value }
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value }
    default: {
      if (!Array.isArray(value)) return undefined
      const values = value.map(anyValue).filter((one) => one !== undefined)
      return { arrayValue: { values } }
    }
  }
}

function plainValue(value: AnyValue): PlainValue | undefined {
  if ('stringValue' in value) return value.stringValue
  if ('boolValue' in value) return value.boolValue
  if ('doubleValue' in value) return value.doubleValue
  if ('intValue' in value) {
    const number = Number(value.intValue)
    return Number.isSafeInteger(number) ? number : String(value.intValue)
  }
  if ('arrayValue' in value) {
    return (value.arrayValue.values ?? []).map(plainValue).filter((one) => one !== undefined)
  }
  return undefined
}

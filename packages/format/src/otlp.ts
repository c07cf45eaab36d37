import { wellFormed } from './well-formed.js'

/**
 * OTLP/JSON, as far as spans need it: the opentelemetry-proto messages in their JSON mapping
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). Ids are hex, 64-bit numbers
 * are decimal strings, and enumerations are numbers.
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
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer: the API's value plus one. */
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

/** An ended span's line in `session_meta.log`, which the Collector's `otlpjsonfile` can read. */
export type TracesData = {
  resourceSpans: {
    resource: { attributes: KeyValue[] }
    scopeSpans: { scope: { name: string; version?: string }; spans: OtlpSpan[] }[]
  }[]
}

/** A started span's line in `session_meta.log`, which keeps the span if it never ends. */
export type StartedSpan = {
  started: Pick<
    OtlpSpan,
    'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'kind' | 'startTimeUnixNano'
  > & {
    /** Absent if the raw log has them all. */
    attributes?: KeyValue[]
  }
}

type AttributeValue =
  | string
  | number
  | boolean
  | readonly (string | number | boolean | null | undefined)[]

/** Encodes attributes for OTLP/JSON, skipping values it has no type for (undefined, an object). */
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

/**
 * Decodes attributes to plain values. A 64-bit number that is not a safe integer stays a string. An
 * attribute with no value, which protobuf allows, or with another kind of value is skipped.
 */
export function plainAttributes(pairs: readonly KeyValue[]): Record<string, PlainValue> {
  const plain: Record<string, PlainValue> = Object.create(null)
  for (const { key, value } of pairs) {
    const one = plainValue(value)
    if (one !== undefined) plain[wellFormed(String(key))] = one
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

// The value comes from a file, so its declared type cannot be trusted.
function plainValue(value: Partial<Record<string, unknown>> | undefined): PlainValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { stringValue, boolValue, doubleValue, intValue, arrayValue } = value
  if (typeof stringValue === 'string') return wellFormed(stringValue)
  if (typeof boolValue === 'boolean') return boolValue
  if (doubleValue !== undefined) return doubleOf(doubleValue)
  if (intValue !== undefined) return integerOf(intValue)
  if (typeof arrayValue !== 'object' || arrayValue === null) return undefined
  const { values } = arrayValue as { values?: unknown }
  if (!Array.isArray(values)) return []
  return values.map(plainValue).filter((one) => one !== undefined)
}

/** How protobuf's JSON writes non-finite doubles. */
const NON_FINITE: ReadonlySet<unknown> = new Set(['NaN', 'Infinity', '-Infinity'])
const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const INTEGER = /^-?\d+$/

// JavaScript reads 1e999 as Infinity, which nobody wrote.
function doubleOf(value: unknown): PlainValue | undefined {
  if (NON_FINITE.has(value)) return value as string
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : value
  return Number.isFinite(number) ? (number as number) : undefined
}

function integerOf(value: unknown): PlainValue | undefined {
  const text = String(value)
  if (typeof value === 'string' ? !INTEGER.test(text) : !Number.isInteger(value)) return undefined
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : text
}

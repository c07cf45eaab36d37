import { type AttributeValue, Malformed } from './log-record.js'

/** An object in OTLP's JSON (OTLP 1.9, "JSON Protobuf Encoding"). */
export type Members = Record<string, unknown>

/** Parses an export as an object. @throws Malformed if it is not one. */
export function membersIn(bytes: Uint8Array): Members {
  try {
    return membersOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    if (cause instanceof Malformed) throw cause
    throw new Malformed('the body is not JSON', { cause })
  }
}

/** Returns a list of objects; empty if absent. @throws Malformed for anything else. */
export function listOf(members: Members, name: string): Members[] {
  const list = members[name] ?? []
  if (!Array.isArray(list)) throw new Malformed(`${name} is not a list`)
  return list.map(membersOf)
}

function membersOf(value: unknown): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw new Malformed('there is something else where an object belongs')
}

/**
 * 64-bit integers are decimal strings; numbers are accepted too, because some senders write them.
 */
export function nanoseconds(value: unknown): bigint {
  if (typeof value === 'number' && value >= 0) return BigInt(Math.floor(value))
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : 0n
}

/** Returns the attributes with plain values. */
export function attributesOf(record: Members): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>()
  for (const { key, value } of listOf(record, 'attributes')) {
    const plain = plainValue(value)
    if (typeof key === 'string' && plain !== undefined) attributes.set(key, plain)
  }
  return attributes
}

function plainValue(value: unknown): AttributeValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { stringValue, boolValue, intValue, doubleValue } = value as Members
  if (typeof stringValue === 'string') return stringValue
  if (typeof boolValue === 'boolean') return boolValue
  const number = Number(intValue ?? doubleValue ?? Number.NaN)
  return Number.isFinite(number) ? number : undefined
}

/** A JSON value. */
export type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain }

/**
 * The most values in one value; a placeholder stands for the rest. Nobody reads more of one record.
 */
const VALUES = 10_000

/** The deepest nesting. */
const DEPTH = 32

/**
 * Converts a host's value to JSON values. It accepts anything: getters, `toJSON` and proxies that
 * throw cost only their own part, and the error goes nowhere.
 */
export function plainOf(value: unknown): Plain {
  return plain(value, { left: VALUES, above: [] })
}

/** The same, as JSON text. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(plainOf(value))
}

/** Converts a host's value to text: a string as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  const made = plainOf(value)
  return typeof made === 'string' ? made : JSON.stringify(made)
}

/** Returns a member of a host's value, or undefined if it is missing or cannot be read. */
export function memberOf(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name]
  } catch {
    return undefined
  }
}

type Walk = { left: number; above: object[] }

function plain(value: unknown, walk: Walk): Plain {
  walk.left -= 1
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'bigint':
    case 'symbol':
      return String(value)
    case 'undefined':
      return null
    case 'function':
      return '[function]'
    default:
      return value === null ? null : ofObject(value as object, walk)
  }
}

function ofObject(value: object, walk: Walk): Plain {
  if (walk.above.includes(value)) return '[circular]'
  if (walk.above.length >= DEPTH || walk.left <= 0) return '[…]'
  walk.above.push(value)
  try {
    return saidBy(value, walk)
  } catch {
    return '[unreadable]'
  } finally {
    walk.above.pop()
  }
}

function saidBy(value: object, walk: Walk): Plain {
  if (value instanceof Error) return errorWords(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Promise) return '[promise]'
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `[${value.byteLength} bytes]`
  if (value instanceof Map) return listed([...value.entries()], walk)
  if (value instanceof Set) return listed([...value], walk)
  if (Array.isArray(value)) return listed(value, walk)
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return plain(toJSON.call(value), walk)
  return membersOf(value, walk)
}

function listed(values: readonly unknown[], walk: Walk): Plain[] {
  const said: Plain[] = []
  for (let index = 0; index < values.length; index += 1) {
    if (walk.left <= 0) return [...said, `[${values.length - index} more]`]
    said.push(read(() => values[index], walk))
  }
  return said
}

function membersOf(value: object, walk: Walk): Plain {
  const said: Record<string, Plain> = {}
  for (const name of Object.keys(value)) {
    if (walk.left <= 0) break
    // Makes `__proto__` an ordinary member.
    const member = read(() => (value as Record<string, unknown>)[name], walk)
    Object.defineProperty(said, name, { value: member, enumerable: true })
  }
  return said
}

function read(value: () => unknown, walk: Walk): Plain {
  try {
    return plain(value(), walk)
  } catch {
    return '[unreadable]'
  }
}

/** `TypeError: no`, with the stack. */
function errorWords(error: Error): string {
  const { stack } = error
  return typeof stack === 'string' && stack !== '' ? stack : String(error)
}

/** What JSON can say. */
export type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain }

/** Values in one value: what is beyond is told by a word. Nobody reads more of one record. */
const VALUES = 10_000

/** How deep it may be nested. */
const DEPTH = 32

/**
 * A host's value as one that JSON can say. It may be anything: getters, `toJSON` and proxies that
 * throw cost what they stand for, and reach nobody.
 */
export function plainOf(value: unknown): Plain {
  return plain(value, { left: VALUES, above: [] })
}

/** The same as JSON. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(plainOf(value))
}

/** A host's value as a text: texts as they are, all else as JSON. */
export function textOf(value: unknown): string {
  const made = plainOf(value)
  return typeof made === 'string' ? made : JSON.stringify(made)
}

/** A member of a host's value; nothing where there is none, or it cannot be read. */
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
    // A name such as `__proto__` is one like all others.
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

/** `TypeError: no`, and where it was thrown. */
function errorWords(error: Error): string {
  const { stack } = error
  return typeof stack === 'string' && stack !== '' ? stack : String(error)
}

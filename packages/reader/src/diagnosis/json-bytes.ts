/** A range of bytes: the first, and the one after the last. */
export type ByteRange = { from: number; to: number }

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Returns the offset after the JSON value at an offset; the end of the bytes if it is incomplete.
 */
export function endOfValue(bytes: Uint8Array, from: number): number {
  let depth = 0
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = endOfString(bytes, at) - 1
      if (depth === 0) return at + 1
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      if (depth === 0) return at
      depth -= 1
      if (depth === 0) return at + 1
    } else if (byte === COMMA && depth === 0) return at
  }
  return bytes.length
}

function endOfString(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return at + 1
  }
  return bytes.length
}

/** Returns the members of the JSON object at an offset, with the range of each value. */
export function membersAt(bytes: Uint8Array, from: number): Map<string, ByteRange> {
  const members = new Map<string, ByteRange>()
  let at = skip(bytes, from)
  if (bytes[at] !== OPEN_OBJECT) return members
  at = skip(bytes, at + 1)
  while (bytes[at] === QUOTE) {
    const end = endOfString(bytes, at)
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, end - at - 2).toString()
    const value = skip(bytes, end)
    const to = endOfValue(bytes, value)
    members.set(name, { from: value, to })
    at = skip(bytes, to)
  }
  return members
}

/** Returns the elements of a JSON list, from an offset inside it, before an element. */
export function elementsFrom(bytes: Uint8Array, from: number): ByteRange[] {
  const elements: ByteRange[] = []
  let at = skip(bytes, from)
  while (at < bytes.length && bytes[at] !== CLOSE_LIST) {
    const to = endOfValue(bytes, at)
    if (to === at) break
    elements.push({ from: at, to })
    at = skip(bytes, to)
  }
  return elements
}

// Skips spaces, and the colons and commas between values.
function skip(bytes: Uint8Array, from: number): number {
  let at = from
  for (;;) {
    const byte = bytes[at]
    const isBetween = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
    if (!isBetween && byte !== 0x3a && byte !== COMMA) return at
    at += 1
  }
}

/** Returns how many bytes two texts begin with in common. */
export function sharedBytes(one: Uint8Array, other: Uint8Array): number {
  const most = Math.min(one.length, other.length)
  const [first, second] = [view(one), view(other)]
  let [low, high] = [0, most]
  // The system compares memory far faster than a loop over bytes.
  while (low < high) {
    const middle = Math.min(high, low + Math.max(1, (high - low + 1) >> 1))
    if (first.compare(second, low, middle, low, middle) === 0) low = middle
    else high = middle - 1
  }
  return low
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

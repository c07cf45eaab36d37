// More than one read returns. Allocating memory for each would be most of the work, and this stays
// in the processor's cache.
const ROOM_BYTES = 256 * 1024
const room = Buffer.allocUnsafeSlow(ROOM_BYTES)

/** Concatenates parts in memory that the next call overwrites. */
export function joinParts(parts: readonly Buffer[]): Buffer {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  let length = 0
  for (const part of parts) {
    if (length + part.length > ROOM_BYTES) return Buffer.concat(parts)
    room.set(part, length)
    length += part.length
  }
  return room.subarray(0, length)
}

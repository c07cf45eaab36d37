// More than comes with one read. Memory of its own for each would be most of the work, and the
// processor has this at hand.
const ROOM_BYTES = 256 * 1024
const room = Buffer.allocUnsafeSlow(ROOM_BYTES)

/** The parts, one after the other, in memory that the next ones are put into. */
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

// RFC 8878, 3.1.1: frames that no encoder makes.

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** A frame's header; the default window is 128 KiB. */
export function headerOf(parts: {
  windowLog?: number
  /** The content size that it declares. */
  size?: number
  dictionary?: number
}): Buffer {
  const { windowLog = 17, size, dictionary } = parts
  const descriptor = (size === undefined ? 0 : 2 << 6) | (dictionary === undefined ? 0 : 1)
  const length = Buffer.alloc(size === undefined ? 0 : 4)
  if (size !== undefined) length.writeUInt32LE(size)
  return Buffer.concat([
    MAGIC,
    Buffer.from([descriptor, (windowLog - 10) << 3]),
    Buffer.from(dictionary === undefined ? [] : [dictionary]),
    length,
  ])
}

const TYPES = { raw: 0, repeated: 1, compressed: 2, reserved: 3 }

/** @param size that it declares; default: the length of its content. */
export function blockOf(
  type: keyof typeof TYPES,
  content: Buffer,
  isLast: boolean,
  size = content.length,
): Buffer {
  const header = Buffer.alloc(3)
  header.writeUIntLE((size << 3) | (TYPES[type] << 1) | (isLast ? 1 : 0), 0, 3)
  return Buffer.concat([header, content])
}

export function frameOf(header: Buffer, ...blocks: Buffer[]): Buffer {
  return Buffer.concat([header, ...blocks])
}

/**
 * A block of 98,047 matches of 65,539 bytes each (RFC 8878, 3.1.1.3.2): seconds of work, in 12
 * bytes.
 */
export function endlessBlock(): Buffer {
  const literals = Buffer.from([0b00001000, 0x61])
  const count = Buffer.from([255, 255, 255])
  // All three codes in RLE mode: no literals, the first offset, the longest match.
  const modes = Buffer.from([0b01010100, 0, 0, 52])
  const bits = Buffer.from([0, 0, 1])
  return blockOf('compressed', Buffer.concat([literals, count, modes, bits]), false)
}

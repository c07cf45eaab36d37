import { crc32 } from 'node:zlib'
import { type Codec, DESCRIPTION_BYTES } from './codec.js'

/**
 * A block of a sealed log: whole lines, compressed on their own, so that an exchange can be read
 * without what precedes it, and a damaged byte only costs the lines of its block.
 */
export type Block = {
  /** Where in the plain log it begins, and the number of its first line, starting at 1. */
  byte: number
  line: number
  /** How many lines it has. */
  lines: number
  /** The length of its plain bytes, and their CRC-32. */
  length: number
  checksum: number
  /** The length of its compressed bytes, which follow its head. */
  packedLength: number
  isLast: boolean
}

/** A block whose compressed bytes begin at `packedAt` in the sealed file. */
export type PlacedBlock = Block & { packedAt: number }

const TAG = Buffer.from('TSB1')

/** Returns the head of a block: the codec's prefix, and the members of {@link Block}. */
export function encodeHead(codec: Codec, block: Block): Buffer {
  const head = Buffer.alloc(DESCRIPTION_BYTES)
  TAG.copy(head)
  head.writeUInt8(block.isLast ? 1 : 0, 4)
  head.writeUInt32LE(block.packedLength, 5)
  head.writeUInt32LE(block.length, 9)
  head.writeUInt32LE(block.checksum, 13)
  head.writeUIntLE(block.byte, 17, 6)
  head.writeUInt32LE(block.line, 23)
  head.writeUInt32LE(block.lines, 27)
  head.writeUInt32LE(crc32(head.subarray(0, 31)), 31)
  return Buffer.concat([codec.prefix, head])
}

/** Returns the block whose head these bytes begin with; undefined if there is none. */
export function decodeHead(codec: Codec, bytes: Buffer): Block | undefined {
  const { prefix } = codec
  if (bytes.length < prefix.length + DESCRIPTION_BYTES) return undefined
  if (!bytes.subarray(0, prefix.length).equals(prefix)) return undefined
  const head = bytes.subarray(prefix.length, prefix.length + DESCRIPTION_BYTES)
  if (!head.subarray(0, 4).equals(TAG)) return undefined
  if (head.readUInt32LE(31) !== crc32(head.subarray(0, 31))) return undefined
  return {
    isLast: head.readUInt8(4) === 1,
    packedLength: head.readUInt32LE(5),
    length: head.readUInt32LE(9),
    checksum: head.readUInt32LE(13),
    byte: head.readUIntLE(17, 6),
    line: head.readUInt32LE(23),
    lines: head.readUInt32LE(27),
  }
}

/** Returns the plain bytes of a block; undefined if its compressed bytes are damaged. */
export function openBlock(codec: Codec, block: Block, packed: Uint8Array): Buffer | undefined {
  try {
    const plain = codec.open(packed, block.length)
    if (plain.length !== block.length || crc32(plain) !== block.checksum) return undefined
    return Buffer.from(plain.buffer, plain.byteOffset, plain.length)
  } catch {
    return undefined
  }
}

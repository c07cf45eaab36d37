import zlib from 'node:zlib'
import { decompress } from 'fzstd'

/** How a sealed log is compressed. */
export type Codec = {
  /** The suffix of the file's name, after `.log`. */
  extension: '.zst' | '.gz'
  /**
   * How every block begins. A program that does not know our blocks sees a skippable frame (zstd)
   * or an extra field (gzip), so `zstd -dc` and `gzip -dc` can open the file.
   */
  prefix: Buffer
  /** @param isPartOfLarge whether speed matters more than the last sixth of the size. */
  compress(plain: Uint8Array, isPartOfLarge: boolean): Buffer
  /**
   * @param length of the plain text, in bytes; never produces more.
   * @throws if it is not a result of {@link Codec.compress}, or is too long.
   */
  open(packed: Uint8Array, length: number): Uint8Array
}

/** Bytes of our own description of a block, between its prefix and the compressed data. */
export const DESCRIPTION_BYTES = 35

// RFC 8878, 3.1.2: a skippable frame; there are sixteen magic numbers, of which this is one.
const ZSTD_PREFIX = Buffer.from([0x5d, 0x2a, 0x4d, 0x18, DESCRIPTION_BYTES, 0, 0, 0])

// RFC 1952, 2.3: a member with an extra field, whose only subfield is ours ("TS").
const GZIP_PREFIX = Buffer.from([
  ...[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, DESCRIPTION_BYTES + 4, 0],
  ...[0x54, 0x53, DESCRIPTION_BYTES, 0],
])

/** Bytes after the deflated data in a gzip member: CRC-32 and length of the plain text. */
const GZIP_TRAILER = 8

// Both levels were measured (`npm run bench -- append`): the last before time grows faster than the
// file shrinks. For a large log, the time counts: these take less than half of it.
const ZSTD_LEVEL = { usual: 9, large: 3 }
const GZIP_LEVEL = { usual: 6, large: 3 }

/** Available in Node since 22.15. */
type NodeZstd = {
  zstdCompressSync(plain: Uint8Array, options: { params: Record<number, number> }): Buffer
  zstdDecompressSync(packed: Uint8Array, options: { maxOutputLength: number }): Buffer
}

const nodeZstd = 'zstdCompressSync' in zlib ? (zlib as unknown as NodeZstd) : undefined
const ZSTD_COMPRESSION_LEVEL = 100

const gzip: Codec = {
  extension: '.gz',
  prefix: GZIP_PREFIX,
  compress(plain, isPartOfLarge) {
    const level = isPartOfLarge ? GZIP_LEVEL.large : GZIP_LEVEL.usual
    const trailer = Buffer.alloc(GZIP_TRAILER)
    trailer.writeUInt32LE(zlib.crc32(plain), 0)
    trailer.writeUInt32LE(plain.length % 2 ** 32, 4)
    return Buffer.concat([zlib.deflateRawSync(plain, { level }), trailer])
  },
  open: (packed, length) =>
    zlib.inflateRawSync(packed.subarray(0, -GZIP_TRAILER), {
      maxOutputLength: Math.max(1, length),
    }),
}

const zstd: Codec = {
  extension: '.zst',
  prefix: ZSTD_PREFIX,
  compress(plain, isPartOfLarge) {
    if (nodeZstd === undefined) throw new Error('this Node cannot compress with zstd')
    const level = isPartOfLarge ? ZSTD_LEVEL.large : ZSTD_LEVEL.usual
    return nodeZstd.zstdCompressSync(plain, { params: { [ZSTD_COMPRESSION_LEVEL]: level } })
  },
  open: (packed, length) =>
    nodeZstd === undefined
      ? decompress(packed, new Uint8Array(length))
      : nodeZstd.zstdDecompressSync(packed, { maxOutputLength: Math.max(1, length) }),
}

/** All codecs that can be read. */
export const CODECS: readonly Codec[] = [zstd, gzip]

/** The codec that this Node uses to seal. */
export const sealingCodec: Codec = nodeZstd === undefined ? gzip : zstd

/** Returns the codec of a file by its name; undefined if it is not sealed. */
export function codecOf(file: string): Codec | undefined {
  return CODECS.find(({ extension }) => file.endsWith(extension))
}

import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import type { Decoder } from './decoder.js'
import { FzstdDecoder } from './fzstd-decoder.js'
import { ZlibDecoder } from './zlib-decoder.js'

/**
 * The largest window that a zstd body in HTTP may ask for (RFC 9659): what a decoder holds of what it
 * has given already.
 */
export const ZSTD_WINDOW_LOG = 23

/** What Node has from 22.15 on. */
type NodeZstd = {
  createZstdDecompress(options: { params: Record<number, number> }): Transform
  zstdDecompressSync(
    bytes: Uint8Array,
    options: { maxOutputLength: number; params: Record<number, number> },
  ): Buffer
}

const nodeZstd = 'createZstdDecompress' in zlib ? (zlib as unknown as NodeZstd) : undefined

// `ZSTD_d_windowLogMax` of zstd.h.
const PARAMS = { 100: ZSTD_WINDOW_LOG }

/** Node's own zstd, and where there is none, one written in JavaScript. */
export function openZstd(): Decoder {
  if (nodeZstd === undefined) return new FzstdDecoder()
  return new ZlibDecoder(nodeZstd.createZstdDecompress({ params: PARAMS }))
}

/**
 * A whole body at once.
 *
 * @throws where it is broken, or longer than the limit.
 */
export function unzstd(bytes: Uint8Array, limit: number): Uint8Array {
  if (nodeZstd !== undefined) {
    return nodeZstd.zstdDecompressSync(bytes, { maxOutputLength: limit, params: PARAMS })
  }
  const decoder = new FzstdDecoder()
  const pieces: Uint8Array[] = []
  let left = limit
  for (const piece of decoder.take(bytes)) {
    left -= piece.length
    if (left < 0) throw new RangeError(`more than ${limit} bytes`)
    pieces.push(piece)
  }
  decoder.finish()
  return Buffer.concat(pieces)
}

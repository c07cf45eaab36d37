import zlib from 'node:zlib'
import { INLINE_DECODED_BYTES, INLINE_WIRE_BYTES } from '../../limits.js'
import type { Coding } from './codings.js'
import { hasWrapper } from './zlib-decoder.js'
import { unzstd } from './zstd.js'

/**
 * Decodes a small body synchronously, because a request must be on disk before its answer arrives.
 * Returns undefined if the body is broken or not small; the thread then finds out which.
 */
export function decodeSmall(codings: readonly Coding[], bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length > INLINE_WIRE_BYTES) return undefined
  try {
    return codings.reduceRight((coded, coding) => OPEN[coding](coded), bytes)
  } catch {
    return undefined
  }
}

const LIMIT = { maxOutputLength: INLINE_DECODED_BYTES }

const OPEN: Record<Coding, (bytes: Uint8Array) => Uint8Array> = {
  gzip: (bytes) => zlib.gunzipSync(bytes, LIMIT),
  deflate: (bytes) =>
    hasWrapper(bytes[0] ?? 0) ? zlib.inflateSync(bytes, LIMIT) : zlib.inflateRawSync(bytes, LIMIT),
  br: (bytes) => zlib.brotliDecompressSync(bytes, LIMIT),
  zstd: (bytes) => unzstd(bytes, INLINE_DECODED_BYTES),
}

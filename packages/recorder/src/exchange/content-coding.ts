import zlib from 'node:zlib'
import { Decompress, decompress } from 'fzstd'
import { BODY_BYTES } from '../limits.js'

/** The content codings (RFC 9110, 8.4.1) that are taken off a body for the record. */
const WHOLE: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  gzip: (bytes) => zlib.gunzipSync(bytes, { maxOutputLength: BODY_BYTES }),
  'x-gzip': (bytes) => zlib.gunzipSync(bytes, { maxOutputLength: BODY_BYTES }),
  deflate: (bytes) => zlib.inflateSync(bytes, { maxOutputLength: BODY_BYTES }),
  br: (bytes) => zlib.brotliDecompressSync(bytes, { maxOutputLength: BODY_BYTES }),
  // Node has zstd from 22.15 on only.
  zstd: (bytes) => decompress(bytes),
}

/** The coding that a message's headers name, in lower case; nothing where there is none. */
export function contentCodingOf(
  headers: readonly (readonly [string, string])[],
): string | undefined {
  const field = headers.find(([name]) => name.toLowerCase() === 'content-encoding')
  const coding = field?.[1].trim().toLowerCase()
  return coding === '' || coding === 'identity' ? undefined : coding
}

/** Takes the coding off a whole body; nothing where it is unknown or the body is not so coded. */
export function decodeWhole(coding: string, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return Object.hasOwn(WHOLE, coding) ? WHOLE[coding]?.(bytes) : undefined
  } catch {
    return undefined
  }
}

/** Takes the coding off a body as it arrives. */
export type StreamDecoder = {
  push(bytes: Uint8Array): void
  /** @param done is called after the last decoded bytes; with false where some could not be decoded. */
  end(done: (isWhole: boolean) => void): void
}

/** A decoder for a coding, or nothing where the coding is unknown. */
export function streamDecoder(
  coding: string,
  onBytes: (bytes: Uint8Array) => void,
): StreamDecoder | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlibDecoder(zlib.createGunzip(), onBytes)
    case 'deflate':
      return zlibDecoder(zlib.createInflate(), onBytes)
    case 'br':
      return zlibDecoder(zlib.createBrotliDecompress(), onBytes)
    case 'zstd':
      return zstdDecoder(onBytes)
    default:
      return undefined
  }
}

function zlibDecoder(
  transform: zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress,
  onBytes: (bytes: Uint8Array) => void,
): StreamDecoder {
  let finish: ((isWhole: boolean) => void) | undefined
  let hasFailed = false
  const settle = (isWhole: boolean) => {
    const done = finish
    finish = undefined
    quietly(() => done?.(isWhole && !hasFailed))
  }
  transform.on('data', (bytes: Buffer) => {
    if (!quietly(() => onBytes(bytes))) hasFailed = true
  })
  transform.on('end', () => settle(true))
  transform.on('error', () => {
    hasFailed = true
    settle(false)
  })
  return {
    push: (bytes) => void transform.write(bytes),
    end(done) {
      if (hasFailed) return done(false)
      finish = done
      transform.end()
    },
  }
}

// These events come on their own, outside of the wall that all other work stands behind: what is
// thrown here would end the host.
function quietly(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

function zstdDecoder(onBytes: (bytes: Uint8Array) => void): StreamDecoder {
  const stream = new Decompress((bytes) => onBytes(bytes))
  let hasFailed = false
  const push = (bytes: Uint8Array, isLast: boolean) => {
    try {
      if (!hasFailed) stream.push(bytes, isLast)
    } catch {
      hasFailed = true
    }
  }
  return {
    push: (bytes) => push(bytes, false),
    end(done) {
      push(new Uint8Array(0), true)
      done(!hasFailed)
    },
  }
}

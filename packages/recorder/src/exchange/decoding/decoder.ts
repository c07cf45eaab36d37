import type { Coding } from './codings.js'
import { openZlib } from './zlib-decoder.js'
import { ZstdDecoder } from './zstd.js'

/** Takes one coding off a body as it comes. Holds back nothing that it can give. */
export type Decoder = {
  /** @throws DecodingFault where this cannot be so coded; what came out before stays true. */
  push(bytes: Uint8Array): AsyncIterable<Uint8Array>
  /**
   * Nothing more comes.
   *
   * @throws DecodingFault `isShort` where more should have come.
   */
  end(): AsyncIterable<Uint8Array>
  /** Frees what it holds, in the middle of its work too. */
  close(): void
}

/** A body is not coded as it claims to be. */
export class DecodingFault extends Error {
  override readonly name = 'DecodingFault'
  readonly code = 'decoding-fault'
  /** Nothing is wrong with it but that it stops too early. */
  readonly isShort: boolean

  constructor(reason: string, isShort = false) {
    super(reason)
    this.isShort = isShort
  }
}

/** A body has become as long as any is decoded. */
export class DecodedLimit extends Error {
  override readonly name = 'DecodedLimit'
  readonly code = 'decoded-limit'
}

/**
 * Takes all codings off, the last one first. No more than `limit` bytes come out of any of them.
 *
 * @throws DecodingFault that names the coding, or DecodedLimit; from its two methods.
 */
export function openDecoder(codings: readonly Coding[], limit: number): Decoder {
  const stages = codings.toReversed().map((coding) => limited(named(coding), limit))
  return {
    push: (bytes) => through(stages, bytes),
    end: () => finish(stages),
    close() {
      for (const stage of stages) stage.close()
    },
  }
}

async function* through(stages: readonly Decoder[], bytes: Uint8Array): AsyncIterable<Uint8Array> {
  const [first, ...others] = stages
  if (first === undefined) yield bytes
  else for await (const piece of first.push(bytes)) yield* through(others, piece)
}

async function* finish(stages: readonly Decoder[]): AsyncIterable<Uint8Array> {
  const [first, ...others] = stages
  if (first === undefined) return
  for await (const piece of first.end()) yield* through(others, piece)
  yield* finish(others)
}

function limited(decoder: Decoder, limit: number): Decoder {
  let left = limit
  const within = async function* (pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const piece of pieces) {
      if (piece.length > left) {
        if (left > 0) yield piece.subarray(0, left)
        throw new DecodedLimit(`no body is decoded beyond ${limit} bytes`)
      }
      left -= piece.length
      yield piece
    }
  }
  return {
    push: (bytes) => within(decoder.push(bytes)),
    end: () => within(decoder.end()),
    close: () => decoder.close(),
  }
}

function named(coding: Coding): Decoder {
  const decoder = coding === 'zstd' ? new ZstdDecoder() : openZlib(coding)
  const naming = async function* (pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    try {
      yield* pieces
    } catch (cause) {
      if (!(cause instanceof DecodingFault)) throw cause
      throw new DecodingFault(`${coding}: ${cause.message}`, cause.isShort)
    }
  }
  return {
    push: (bytes) => naming(decoder.push(bytes)),
    end: () => naming(decoder.end()),
    close: () => decoder.close(),
  }
}

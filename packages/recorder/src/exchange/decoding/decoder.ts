import type { Coding } from './codings.js'
import { openZlib } from './zlib-decoder.js'
import { ZstdDecoder } from './zstd.js'

/** Decodes one coding as the body arrives. Holds back nothing that it can output. */
export type Decoder = {
  /** @throws DecodingFault if the body is not coded this way; earlier output stays valid. */
  push(bytes: Uint8Array): AsyncIterable<Uint8Array>
  /**
   * Ends the input.
   *
   * @throws DecodingFault with `isShort` if input is missing.
   */
  end(): AsyncIterable<Uint8Array>
  /** Frees its resources, even while it is working. */
  close(): void
}

/** The body is not coded as it claims to be. */
export class DecodingFault extends Error {
  override readonly name = 'DecodingFault'
  readonly code = 'decoding-fault'
  /** The only fault is that it ends too early. */
  readonly isShort: boolean

  constructor(reason: string, isShort = false) {
    super(reason)
    this.isShort = isShort
  }
}

/** The body reached the length limit for decoding. */
export class DecodedLimit extends Error {
  override readonly name = 'DecodedLimit'
  readonly code = 'decoded-limit'
}

/**
 * Decodes all codings, the last one first. None of them outputs more than `limit` bytes.
 *
 * @throws DecodingFault, which names the coding, or DecodedLimit; both from its two methods.
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

import type { IndexedExchange } from '../../raw-index.js'
import { ReaderError } from '../../reader-error.js'
import { type Chunk, responseChunks } from '../../response-body.js'

/** What must be known about a response's body before it is written. */
export type BodyShape = { bytes: number; isText: boolean; missing?: string }

/** Examines a response's body, holding one chunk at a time: it can be larger than any string. */
export function shapeOf(folder: string, exchange: IndexedExchange): BodyShape {
  const shape: BodyShape = { bytes: 0, isText: true }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const chunks = eachChunk(folder, exchange)
  for (let step = chunks.next(); ; step = chunks.next()) {
    const bytes = step.done ? undefined : step.value.bytes
    if (shape.isText) shape.isText = isText(decoder, bytes)
    if (!step.done) shape.bytes += step.value.bytes.length
    else return step.value === undefined ? shape : { ...shape, missing: step.value }
  }
}

/**
 * Yields a response's body as the inside of a JSON string: its text, or base64 if it is not text.
 */
export function bodyPieces(
  folder: string,
  exchange: IndexedExchange,
  { isText }: BodyShape,
): Generator<string> {
  return inPieces(eachChunk(folder, exchange), isText)
}

/** The same for bytes in memory, a slice at a time, because their text takes as much again. */
export function* heldPieces(bytes: Uint8Array, isText: boolean): Generator<string> {
  function* slices() {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES)
      yield { bytes: bytes.subarray(at, at + SLICE_BYTES) }
  }
  yield* inPieces(slices(), isText)
}

const SLICE_BYTES = 1024 * 1024

function* inPieces(chunks: Iterable<{ bytes: Uint8Array }>, isText: boolean): Generator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let rest: Uint8Array = new Uint8Array()
  for (const { bytes } of chunks) {
    if (isText) {
      yield inJson(decoder.decode(bytes, { stream: true }))
      continue
    }
    const all = Buffer.concat([rest, bytes])
    // Base64 encodes three bytes as four characters: only whole groups can be concatenated.
    const whole = all.length - (all.length % 3)
    yield all.subarray(0, whole).toString('base64')
    rest = all.subarray(whole)
  }
  yield isText ? inJson(decoder.decode()) : Buffer.from(rest).toString('base64')
}

// Yields the chunks that exist, and returns why others are missing.
function* eachChunk(
  folder: string,
  exchange: IndexedExchange,
): Generator<Chunk, string | undefined> {
  try {
    yield* responseChunks(folder, exchange)
    return undefined
  } catch (cause) {
    if (cause instanceof ReaderError && cause.code === 'missing-bytes') return cause.message
    throw cause
  }
}

function isText(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array | undefined): boolean {
  try {
    decoder.decode(bytes, { stream: bytes !== undefined })
    return true
  } catch {
    return false
  }
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

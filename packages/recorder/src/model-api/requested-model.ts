import { objectOf } from './response-reader.js'

// Codex and the SDKs write the model first; a body is parsed whole only where it is not there, and
// not at all where that would take longer than the host should wait.
const MODEL_FIRST = /^\s*\{\s*"model"\s*:\s*"([^"\\]{1,200})"/
const HEAD_BYTES = 512
const PARSED_BYTES = 1024 * 1024

/** The model that a request asks for: all three APIs name it in the member `model`. */
export function requestedModel(body: Uint8Array): string | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length)
  const first = MODEL_FIRST.exec(bytes.toString('latin1', 0, HEAD_BYTES))?.[1]
  if (first !== undefined) return first
  const model = bytes.length > PARSED_BYTES ? undefined : objectOf(bytes.toString())?.model
  return typeof model === 'string' ? model : undefined
}

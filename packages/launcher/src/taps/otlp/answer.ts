import type { ServerResponse } from 'node:http'

/** The two encodings of OTLP/HTTP, by content type. */
export type OtlpEncoding = 'json' | 'protobuf'

const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const

/** Returns the encoding for a content type, or undefined if OTLP/HTTP does not define it. */
export function encodingOf(contentType: string | undefined): OtlpEncoding | undefined {
  const [type = ''] = (contentType ?? '').split(';')
  const name = type.trim().toLowerCase()
  if (name === CONTENT_TYPES.json) return 'json'
  return name === CONTENT_TYPES.protobuf ? 'protobuf' : undefined
}

/**
 * Answers that everything was accepted: an Export…ServiceResponse without a partial success (OTLP
 * 1.9, "OTLP/HTTP Response").
 */
export function accept(response: ServerResponse, encoding: OtlpEncoding): void {
  write(response, 200, encoding, encoding === 'json' ? '{}' : '')
}

/**
 * Answers with a failure that a retry would not fix, as a google.rpc.Status, which OTLP/HTTP
 * requires.
 */
export function refuse(
  response: ServerResponse,
  status: number,
  encoding: OtlpEncoding,
  message: string,
): void {
  const body = encoding === 'json' ? JSON.stringify({ message }) : statusMessage(message)
  // The rest of the request's body stays unread, so the connection cannot be reused.
  response.shouldKeepAlive = false
  write(response, status, encoding, body)
}

function write(
  response: ServerResponse,
  status: number,
  encoding: OtlpEncoding,
  body: string | Uint8Array,
): void {
  response.writeHead(status, {
    'content-type': CONTENT_TYPES[encoding],
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

// google/rpc/status.proto: `message` is field 2, of wire type 2. Ours are shorter than 128 bytes,
// so their length takes one byte.
function statusMessage(message: string): Uint8Array {
  const text = Buffer.from(message).subarray(0, 127)
  return Buffer.from([0x12, text.length, ...text])
}

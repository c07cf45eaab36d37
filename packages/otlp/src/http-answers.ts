import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'
import zlib from 'node:zlib'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { noteAnswer } from './partial-success.js'

/**
 * The most bytes of an answer to read, before and after decoding: the exporters reject longer ones.
 */
const ANSWER_BYTES = 4 * 1024 * 1024

/** Where spans and lines are sent: host, port and path. */
const receivers = new Set<string>()

/**
 * Reads what a collector at an address answers, in addition to OpenTelemetry's exporters. Those
 * assume that every answer has the encoding of the request and is not compressed: but a proxy in
 * between may compress it, and a collector may answer a protobuf request in JSON.
 */
export function listenForHttpAnswers(url: string): void {
  const { host, pathname, search } = new URL(url)
  // Published before the exporter receives the answer, so this hears its end first.
  // https://nodejs.org/docs/latest-v20.x/api/diagnostics_channel.html#http
  if (receivers.size === 0) subscribe('http.client.response.finish', hear)
  receivers.add(host + pathname + search)
}

/** Other requests of the process, which may be a user's program, are not ours to read. */
function hear(message: unknown): void {
  const { request, response } = message as { request: ClientRequest; response: IncomingMessage }
  if (!receivers.has(`${request.getHeader('host')}${request.path}`)) return
  const { statusCode = 0 } = response
  if (statusCode < 200 || statusCode > 299) return
  const parts: Buffer[] = []
  let length = 0
  // Only once the exporter reads it: a listener of ours would let it flow before anybody does.
  response.on('newListener', function listen(event) {
    if (event !== 'data') return
    response.off('newListener', listen)
    response.on('data', (part: Buffer) => {
      length += part.length
      if (length <= ANSWER_BYTES) parts.push(part)
    })
  })
  response.on('end', () => {
    if (length > 0 && length <= ANSWER_BYTES) noteAnswer(answerOf(parts, response))
  })
}

/** Parses an answer in any encoding; undefined if it cannot be read. */
function answerOf(parts: readonly Buffer[], { headers }: IncomingMessage): unknown {
  try {
    const plain = unpacked(Buffer.concat(parts), headers['content-encoding'])
    const type = headers['content-type'] ?? ''
    const isJson =
      /^\s*application\/(?:[\w.-]+\+)?json\b/i.test(type) || (type === '' && plain[0] === BRACE)
    if (!isJson) return ProtobufTraceSerializer.deserializeResponse(plain)
    const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(type) ?? []
    return JSON.parse(new TextDecoder(charset).decode(plain))
  } catch {
    return undefined
  }
}

/** `{`, with which no protobuf message begins that could be an answer. */
const BRACE = 0x7b

/** Decodes the coding applied last first. */
function unpacked(bytes: Buffer, codings = ''): Buffer {
  return codings
    .split(',')
    .reverse()
    .reduce((packed, coding) => unpack(coding.trim().toLowerCase(), packed), bytes)
}

function unpack(coding: string, bytes: Buffer): Buffer {
  const limit = { maxOutputLength: ANSWER_BYTES }
  switch (coding) {
    case '':
    case 'identity':
      return bytes
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzipSync(bytes, limit)
    case 'deflate':
      // Many servers omit zlib's header (RFC 9110, 8.4.1.2).
      return (bytes[0] ?? 0) % 16 === 8
        ? zlib.inflateSync(bytes, limit)
        : zlib.inflateRawSync(bytes, limit)
    case 'br':
      return zlib.brotliDecompressSync(bytes, limit)
    case 'zstd':
      // Since Node 22.15.
      return (zlib as typeof zlib & Zstd).zstdDecompressSync(bytes, limit)
    default:
      throw new Error(`unknown content coding ${coding}`)
  }
}

type Zstd = { zstdDecompressSync(bytes: Buffer, limit: { maxOutputLength: number }): Buffer }

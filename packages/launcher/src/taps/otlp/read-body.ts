import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { EXPORT_BYTES } from './limits.js'
import { Malformed } from './log-record.js'

/** A body larger than is accepted. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
  readonly code = 'export-too-large'
}

/**
 * Reads a request's whole body as it was on the wire.
 *
 * @throws TooLarge above {@link EXPORT_BYTES}; the rest stays unread.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > EXPORT_BYTES) throw new TooLarge(`the body has more than ${EXPORT_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/**
 * Decodes a body's content encoding.
 *
 * @throws Malformed if it is not encoded that way; TooLarge if it becomes too large.
 */
export async function decodeBody(body: Buffer, encoding: 'identity' | 'gzip'): Promise<Buffer> {
  if (encoding === 'identity') return body
  try {
    return await promisify(gunzip)(body, { maxOutputLength: EXPORT_BYTES })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new TooLarge(`the body unzips to more than ${EXPORT_BYTES} bytes`, { cause })
    }
    throw new Malformed('the body is not gzip', { cause })
  }
}

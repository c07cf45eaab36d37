import { crc32 } from 'node:zlib'

/**
 * Events of the Messages API as Amazon Bedrock sends them: each in a binary message of AWS's event
 * stream, as base64 in JSON.
 *
 * Source: docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
 */
export function awsEventStream(events: readonly object[]): Buffer[] {
  return events.map((event) => {
    const bytes = Buffer.from(JSON.stringify(event)).toString('base64')
    return awsMessage(CHUNK, JSON.stringify({ bytes }))
  })
}

const CHUNK = {
  ':event-type': 'chunk',
  ':content-type': 'application/json',
  ':message-type': 'event',
}

/** One message with these headers, whose values are strings. */
export function awsMessage(names: Record<string, string>, text: string): Buffer {
  const payload = Buffer.from(text)
  const headers = Buffer.concat(Object.entries(names).map(([name, value]) => headerOf(name, value)))
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + headers.length + payload.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const message = Buffer.concat([prelude, checksum(prelude), headers, payload])
  return Buffer.concat([message, checksum(message)])
}

/** The name, the type code of a string (7), and the value, each text with its length. */
function headerOf(name: string, value: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(value.length)
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7]),
    length,
    Buffer.from(value),
  ])
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes) >>> 0)
  return sum
}

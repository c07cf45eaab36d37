import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { CHUNKED, chunk, cut, HELLO, head, LAST_CHUNK, SSE, sized } from '../answers.js'
import type { Row } from '../row.js'
import { END, type Reply } from '../steps.js'

const GZIP = gzipSync(HELLO)
const BROTLI = brotliCompressSync(HELLO)

/** Content codings that agents receive, and some that nobody negotiated. */
export const encodings: readonly Row[] = [
  coded('gzip', GZIP),
  coded('x-gzip', GZIP),
  coded('GZIP', GZIP),
  coded('br', BROTLI),
  coded('deflate', deflateSync(HELLO)),
  coded('deflate', deflateRawSync(HELLO), 'without its frame'),
  coded('zstd', zstdStored(HELLO)),
  coded('none', HELLO),
  coded('utf-8', HELLO),
  coded('identity', HELLO),
  coded('', HELLO, 'and is empty'),
  coded('gzip, gzip', gzipSync(GZIP), 'twice'),
  coded('gzip', HELLO, 'and is plain'),
  coded('gzip', GZIP.subarray(0, -9), 'and is cut'),
  coded('gzip', Buffer.concat([GZIP.subarray(0, -8), Buffer.alloc(8)]), 'with a wrong checksum'),
  coded('gzip', Buffer.concat([GZIP, GZIP]), 'of two members'),
  coded('gzip', Buffer.concat([GZIP, Buffer.from('and more')]), 'with more behind it'),
  coded('br', BROTLI.subarray(0, -3), 'and is cut'),
  row(
    'gzip in chunks, flushed for each event',
    head('200 OK', SSE, CHUNKED, 'content-encoding: gzip'),
    ...flushed().map(chunk),
    LAST_CHUNK,
  ),
  row(
    'gzip in chunks of one byte',
    head('200 OK', SSE, CHUNKED, 'content-encoding: gzip'),
    ...cut(GZIP, 1).map(chunk),
    LAST_CHUNK,
  ),
  row('gzip up to the end', head('200 OK', SSE, 'content-encoding: gzip'), GZIP, END),
  row(
    'gzip of an error',
    sized(
      '400 Bad Request',
      gzipSync('{"error":{"message":"Packed."}}'),
      'content-type: application/json',
      'content-encoding: gzip',
    ),
  ),
  row(
    'gzip of 10 MB of nothing',
    sized(
      '200 OK',
      gzipSync(Buffer.concat([Buffer.alloc(10 << 20, '\n'), Buffer.from(HELLO)])),
      SSE,
      'content-encoding: gzip',
    ),
  ),
  row(
    'no coding and a charset',
    sized('200 OK', HELLO, 'content-type: text/event-stream; charset=utf-8'),
  ),
  row(
    'no coding and a charset that is not UTF-8',
    sized('200 OK', HELLO, 'content-type: text/event-stream; charset=iso-8859-1'),
  ),
]

function coded(coding: string, body: string | Uint8Array, how = ''): Row {
  const name = coding === '' ? 'nothing' : coding
  return row(`${name} ${how}`.trim(), sized('200 OK', body, SSE, `content-encoding: ${coding}`))
}

function row(what: string, ...reply: Reply): Row {
  return { title: `the content coding is ${what}`, upstream: { replies: [reply] } }
}

function flushed(): Buffer[] {
  const packed = gzipSync(HELLO, { finishFlush: constants.Z_SYNC_FLUSH })
  return [packed.subarray(0, 40), packed.subarray(40)]
}

/** RFC 8878 with a raw block: Node 20 has no zstd compressor. */
function zstdStored(text: string): Buffer {
  const bytes = Buffer.from(text)
  const block = (bytes.length << 3) | 1
  return Buffer.concat([
    Buffer.of(0x28, 0xb5, 0x2f, 0xfd),
    Buffer.of(0x60, (bytes.length - 256) & 0xff, (bytes.length - 256) >> 8),
    Buffer.of(block & 0xff, (block >> 8) & 0xff, block >> 16),
    bytes,
  ])
}

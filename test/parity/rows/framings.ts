import {
  CHUNKED,
  chunk,
  cut,
  eventsOf,
  HELLO,
  head,
  LAST_CHUNK,
  SAYS_HELLO,
  SSE,
} from '../answers.js'
import type { Row } from '../row.js'
import { END, type Reply } from '../steps.js'

const BYTES = Buffer.byteLength(HELLO)
const LENGTH = `content-length: ${BYTES}`
const SIZE = BYTES.toString(16)
const CHUNKED_HEAD = head('200 OK', SSE, CHUNKED)

/** How the end of an answer's body is marked, in every spelling that hyper accepts or rejects. */
export const framings: readonly Row[] = [
  answer('in chunks', ...SAYS_HELLO),
  answer('with a Content-Length', head('200 OK', SSE, LENGTH), HELLO),
  answer('up to the end of the connection', head('200 OK', SSE), HELLO, END),
  answer('up to the end of an HTTP/1.0 connection', http10(SSE), HELLO, END),
  answer('of HTTP/1.0 with a length', http10(SSE, LENGTH), HELLO),
  answer(
    'of HTTP/1.0 that keeps its connection',
    http10(SSE, LENGTH, 'connection: keep-alive'),
    HELLO,
  ),
  {
    ...answer('of HTTP/1.0 in chunks', http10(SSE, CHUNKED), chunk(HELLO), LAST_CHUNK, END),
    notCompared: [
      { what: 'connection ends', reason: 'whether Codex has read the last chunk when it closes' },
    ],
  },
  answer('with its length twice', head('200 OK', SSE, LENGTH, LENGTH), HELLO),
  answer('with two lengths', head('200 OK', SSE, LENGTH, 'content-length: 12'), HELLO, END),
  answer('with a list of lengths', head('200 OK', SSE, `${LENGTH}, ${BYTES}`), HELLO),
  answer('with a length of a sign', head('200 OK', SSE, `content-length: +${BYTES}`), HELLO, END),
  answer('with a length that is none', head('200 OK', SSE, 'content-length: many'), HELLO, END),
  answer('with a negative length', head('200 OK', SSE, 'content-length: -1'), HELLO, END),
  answer('with an empty length', head('200 OK', SSE, 'content-length:'), HELLO, END),
  answer(
    'with a length beside chunks',
    head('200 OK', SSE, CHUNKED, LENGTH),
    chunk(HELLO),
    LAST_CHUNK,
  ),
  answer(
    'with a length before chunks',
    head('200 OK', SSE, LENGTH, CHUNKED),
    chunk(HELLO),
    LAST_CHUNK,
    END,
  ),
  answer('longer than its length', head('200 OK', SSE, LENGTH), `${HELLO}: and more\n\n`),
  answer(
    'shorter than its length',
    head('200 OK', SSE, `content-length: ${BYTES + 9}`),
    HELLO,
    END,
  ),
  answer('of length 0', head('200 OK', SSE, 'content-length: 0')),
  answer('of no chunks', CHUNKED_HEAD, LAST_CHUNK),
  chunks('in upper case', `${SIZE.toUpperCase()}\r\n${HELLO}\r\n${LAST_CHUNK}`),
  chunks('with leading zeros', `0000${SIZE}\r\n${HELLO}\r\n000\r\n\r\n`),
  chunks('padded with blanks', `${SIZE.padEnd(8)}\r\n${HELLO}\r\n0       \r\n\r\n`),
  chunks('padded with a tab', `${SIZE}\t\r\n${HELLO}\r\n${LAST_CHUNK}`),
  chunks('after a blank', ` ${SIZE}\r\n${HELLO}\r\n${LAST_CHUNK}`, END),
  chunks('with extensions', `${SIZE};a=1;b="two"\r\n${HELLO}\r\n0;last\r\n\r\n`),
  chunks('with an extension of 2 KB', `${SIZE};a=${'x'.repeat(2048)}\r\n${HELLO}\r\n${LAST_CHUNK}`),
  {
    ...chunks(
      'with an extension of 64 KB',
      `${SIZE};a=${'x'.repeat(65536)}\r\n${HELLO}\r\n0\r\n\r\n`,
    ),
    notCompared: [
      { what: 'connection ends', reason: 'the agent refuses it before or after it has read all' },
    ],
  },
  chunks('with 0x before them', `0x${SIZE}\r\n${HELLO}\r\n${LAST_CHUNK}`, END),
  chunks('that are no numbers', `many\r\n${HELLO}\r\n${LAST_CHUNK}`, END),
  chunks('over 64 bits', `1${'0'.repeat(16)}\r\n${HELLO}\r\n${LAST_CHUNK}`, END),
  chunks('ended by a bare LF', `${SIZE}\n${HELLO}\n0\n\n`, END),
  chunks('smaller than what follows', `1\r\n${HELLO}\r\n${LAST_CHUNK}`, END),
  answer('in chunks of one byte', CHUNKED_HEAD, ...bytesOf(HELLO).map(chunk), LAST_CHUNK),
  answer(
    'in chunks cut anywhere',
    CHUNKED_HEAD,
    ...cut(Buffer.concat([...eventsOf({ text: 'Hello.' }).map(chunk), Buffer.from(LAST_CHUNK)]), 7),
  ),
  answer('without the last chunk', CHUNKED_HEAD, chunk(HELLO), END),
  answer('without the end of the last chunk', CHUNKED_HEAD, chunk(HELLO), '0\r\n', END),
  answer(
    'with trailers',
    head('200 OK', SSE, CHUNKED, 'trailer: x-checksum, X-Second'),
    chunk(HELLO),
    '0\r\nx-checksum: abc\r\nX-Second: two\r\n\r\n',
  ),
  answer(
    'with trailers that nobody announced',
    CHUNKED_HEAD,
    chunk(HELLO),
    '0\r\nx-late: yes\r\n\r\n',
  ),
  answer(
    'with a trailer of 32 KB',
    CHUNKED_HEAD,
    chunk(HELLO),
    `0\r\nx-late: ${'y'.repeat(32768)}\r\n\r\n`,
  ),
  answer('of identity coding', head('200 OK', SSE, 'transfer-encoding: identity', LENGTH), HELLO),
  answer(
    'of gzip and chunked transfer coding',
    head('200 OK', SSE, 'transfer-encoding: gzip, chunked'),
    chunk(HELLO),
    LAST_CHUNK,
  ),
  answer(
    'chunked in upper case',
    head('200 OK', SSE, 'Transfer-Encoding: CHUNKED'),
    chunk(HELLO),
    LAST_CHUNK,
  ),
  answer(
    'chunked twice',
    head('200 OK', SSE, 'transfer-encoding: chunked, chunked'),
    chunk(chunk(HELLO)),
    LAST_CHUNK,
    END,
  ),
]

function answer(title: string, ...reply: Reply): Row {
  return { title: `an answer ${title}`, upstream: { replies: [reply] } }
}

function chunks(title: string, ...reply: Reply): Row {
  return answer(`in chunks whose sizes are ${title}`, CHUNKED_HEAD, ...reply)
}

function http10(...lines: string[]): string {
  return head('200 OK', ...lines).replace('HTTP/1.1', 'HTTP/1.0')
}

function bytesOf(text: string): Buffer[] {
  return cut(Buffer.from(text), 1)
}

import { HELLO, head, SAYS_HELLO, SSE } from '../answers.js'
import type { Row } from '../row.js'
import { END, type Reply } from '../steps.js'

const LENGTH = `content-length: ${Buffer.byteLength(HELLO)}`
const WHOLE = ['HTTP/1.1 200 OK', SSE, LENGTH]

/** Heads of answers as servers write them, and as they should not. */
export const heads: readonly Row[] = [
  answer('of bare LF', `${WHOLE.join('\n')}\n\n`, HELLO),
  answer('of bare LF and CRLF mixed', `${WHOLE.join('\n')}\r\n\n`, HELLO),
  answer('of bare CR', `${WHOLE.join('\r')}\r\r`, HELLO, END),
  answer('without a reason', head('200', SSE, LENGTH), HELLO),
  answer('with an empty reason', head('200 ', SSE, LENGTH), HELLO),
  answer('with a reason beyond ASCII', head('200 Schön', SSE, LENGTH), HELLO),
  answer('with names in odd cases', head('200 OK', upper(SSE), upper(LENGTH), 'x-ODD: 1'), HELLO),
  answer('with a blank before the colon', head('200 OK', SSE, LENGTH, 'x-odd : 1'), HELLO, END),
  answer(
    'with a blank before the length',
    head('200 OK', SSE, LENGTH.replace(':', ' :')),
    HELLO,
    END,
  ),
  answer(
    'with values between blanks',
    head('200 OK', `${SSE}  \t`, LENGTH.replace(' ', '   ')),
    HELLO,
  ),
  answer('without blanks behind the colons', head('200 OK', tight(SSE), tight(LENGTH)), HELLO),
  answer('with a folded line', head('200 OK', SSE, LENGTH, 'x-odd: one\r\n two'), HELLO, END),
  answer(
    'with a folded content type',
    head('200 OK', 'content-type:\r\n text/event-stream', LENGTH),
    HELLO,
    END,
  ),
  answer('with an empty value', head('200 OK', SSE, LENGTH, 'x-odd:'), HELLO),
  answer(
    'with bytes above ASCII',
    Buffer.from(head('200 OK', SSE, LENGTH, 'x-odd: Gr\xfc\xdfe'), 'latin1'),
    HELLO,
  ),
  answer('with UTF-8', head('200 OK', SSE, LENGTH, 'x-odd: Grüße 🙂'), HELLO),
  answer('with a NUL', head('200 OK', SSE, LENGTH, 'x-odd: a\0b'), HELLO, END),
  answer('with a control character', head('200 OK', SSE, LENGTH, 'x-odd: a\x07b'), HELLO, END),
  answer('with a name that is none', head('200 OK', SSE, LENGTH, 'x odd(): 1'), HELLO, END),
  answer('with an empty name', head('200 OK', SSE, LENGTH, ': 1'), HELLO, END),
  answer('with a line without a colon', head('200 OK', SSE, LENGTH, 'nothing'), HELLO, END),
  answer(
    'with a header of 16 KB',
    head('200 OK', SSE, LENGTH, `x-long: ${'a'.repeat(16384)}`),
    HELLO,
  ),
  answer(
    'with a header of 64 KB',
    head('200 OK', SSE, LENGTH, `x-long: ${'a'.repeat(65536)}`),
    HELLO,
  ),
  {
    ...answer(
      'with a header of 1 MB',
      head('200 OK', SSE, LENGTH, `x-long: ${'a'.repeat(1 << 20)}`),
      HELLO,
      END,
    ),
    notCompared: [
      { what: 'stage', reason: 'Codex gives up while the head is still written' },
      { what: 'connection ends', reason: 'Codex gives up while the head is still written' },
    ],
  },
  answer('with 90 headers', head('200 OK', SSE, LENGTH, ...many(90)), HELLO),
  answer('with 200 headers', head('200 OK', SSE, LENGTH, ...many(200)), HELLO, END),
  answer(
    'with headers that are there twice',
    head('200 OK', SSE, LENGTH, 'set-cookie: a=1', 'set-cookie: b=2', 'x-odd: 1', 'X-Odd: 2'),
    HELLO,
  ),
  answer('with two content types', head('200 OK', SSE, 'content-type: text/plain', LENGTH), HELLO),
  answer('without a content type', head('200 OK', LENGTH), HELLO),
  answer(
    'that says how long to keep it',
    head('200 OK', SSE, LENGTH, 'keep-alive: timeout=1, max=1', 'Connection: Keep-Alive'),
    HELLO,
  ),
  answer('that closes', head('200 OK', SSE, LENGTH, 'connection: close'), HELLO, END),
  answer(
    'that names headers as hop-by-hop',
    head(
      '200 OK',
      SSE,
      LENGTH,
      'connection: x-odd, keep-alive',
      'x-odd: 1',
      'proxy-authenticate: Basic',
    ),
    HELLO,
  ),
  answer(
    'that offers HTTP/2',
    head('200 OK', SSE, LENGTH, 'upgrade: h2c', 'connection: upgrade'),
    HELLO,
  ),
  answer('of HTTP/1.2', `HTTP/1.2 200 OK\r\n${SSE}\r\n${LENGTH}\r\n\r\n`, HELLO, END),
  answer('of HTTP/2 in words', `HTTP/2 200 OK\r\n${SSE}\r\n${LENGTH}\r\n\r\n`, HELLO, END),
  answer('of a status of two digits', head('20 OK', SSE, LENGTH), HELLO, END),
  answer('of status 999', head('999 Odd', SSE, LENGTH), HELLO),
  answer('after an empty line', '\r\n', head('200 OK', SSE, LENGTH), HELLO),
  answer('that is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', END),
  answer('in pieces of one byte', ...Array.from(head('200 OK', SSE, LENGTH)), HELLO),
  answer('with its body in one piece', `${head('200 OK', SSE, LENGTH)}${HELLO}`),
  answer(
    'with request ids',
    head(
      '200 OK',
      SSE,
      LENGTH,
      'x-request-id: req_1',
      'cf-ray: 8a-FRA',
      'openai-processing-ms: 12',
      'x-codex-turn-state: abc',
    ),
    HELLO,
  ),
  answer('with rate limits', head('200 OK', SSE, LENGTH, ...limits()), HELLO),
  interim('a 100', 'HTTP/1.1 100 Continue\r\n\r\n'),
  interim('a 102', 'HTTP/1.1 102 Processing\r\n\r\n'),
  interim('a 103 with headers', 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n'),
  interim(
    'several',
    `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(3)}HTTP/1.1 199 Odd\r\nx: y\r\n\r\n`,
  ),
  interim(
    'an unasked 101',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: odd\r\nconnection: upgrade\r\n\r\n',
    END,
  ),
  {
    title: 'a 100 comes before the body is there',
    upstream: { answersAt: 'head', replies: [['HTTP/1.1 100 Continue\r\n\r\n', ...SAYS_HELLO]] },
  },
]

function answer(title: string, ...reply: Reply): Row {
  return { title: `the head of an answer is one ${title}`, upstream: { replies: [reply] } }
}

function interim(title: string, bytes: string, ...end: Reply): Row {
  const title_ = `${title} comes before an answer`
  return { title: title_, upstream: { replies: [[bytes, ...SAYS_HELLO, ...end]] } }
}

function upper(line: string): string {
  const [name = '', value = ''] = line.split(':')
  return `${name.toUpperCase()}:${value}`
}

function tight(line: string): string {
  return line.replace(': ', ':')
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `x-header-${index}: ${index}`)
}

function limits(): string[] {
  return [
    'x-codex-primary-used-percent: 12.5',
    'x-codex-primary-window-minutes: 300',
    'x-codex-primary-reset-at: 1800000000',
    'x-codex-plan-type: pro',
  ]
}

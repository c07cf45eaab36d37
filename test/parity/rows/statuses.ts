import { errorBody, HELLO, head, JSON_TYPE, SAYS_HELLO, SSE, sized } from '../answers.js'
import { NO_RETRIES, ONE_RETRY, type Row } from '../row.js'
import { END, type Reply } from '../steps.js'

const PAGE = '<html><h1>Sorry</h1></html>'

/** Statuses of every class, with bodies, and with headers that say when to retry. */
export const statuses: readonly Row[] = [
  ...['201 Created', '202 Accepted', '203 Other', '206 Partial Content', '226 IM Used'].map(
    (status) => row(`${status} with the stream`, [sized(status, HELLO, SSE)]),
  ),
  row('204 No Content', [head('204 No Content')]),
  row('204 with a body all the same', [sized('204 No Content', HELLO, SSE), END]),
  row('205 Reset Content', [sized('205 Reset Content', '')]),
  row('304 Not Modified', [head('304 Not Modified', 'content-length: 30')]),
  ...[
    '400 Bad Request',
    '401 Unauthorized',
    '402 Payment Required',
    '403 Forbidden',
    '404 Not Found',
    '405 Method Not Allowed',
    '408 Request Timeout',
    '409 Conflict',
    '410 Gone',
    '411 Length Required',
    '413 Content Too Large',
    '415 Unsupported Media Type',
    '422 Unprocessable Content',
    '425 Too Early',
    '426 Upgrade Required',
    '429 Too Many Requests',
    '451 Unavailable',
    '499 Odd',
    '500 Internal Server Error',
    '501 Not Implemented',
    '502 Bad Gateway',
    '503 Service Unavailable',
    '504 Gateway Timeout',
    '520 Odd',
    '529 Overloaded',
    '599 Odd',
  ].map((status) => row(status, [sized(status, errorBody(`It is ${status}.`), JSON_TYPE)])),
  row('400 with nothing', [sized('400 Bad Request', '')]),
  row('400 with what is not JSON', [sized('400 Bad Request', '{"error":', JSON_TYPE)]),
  row('400 with bytes that are no text', [sized('400 Bad Request', Buffer.of(0xff, 0, 0xfe))]),
  row('400 with 1 MB', [sized('400 Bad Request', errorBody('x'.repeat(1 << 20)), JSON_TYPE)]),
  row('400 for a context that is too long', [
    sized('400 Bad Request', errorBody('Too long.', 'context_length_exceeded'), JSON_TYPE),
  ]),
  row('401 with a challenge', [
    sized(
      '401 Unauthorized',
      errorBody('No key.', 'invalid_api_key'),
      JSON_TYPE,
      'www-authenticate: Bearer realm="api"',
    ),
  ]),
  row('403 with a page', [
    sized('403 Forbidden', PAGE, 'content-type: text/html', 'cf-ray: 8a-FRA'),
  ]),
  row('407 for a proxy that nobody has', [
    sized('407 Proxy Authentication Required', PAGE, 'proxy-authenticate: Basic realm="p"'),
  ]),
  row('426 with the name of another protocol', [
    sized('426 Upgrade Required', '', 'upgrade: websocket', 'connection: upgrade'),
  ]),
  row('429 for a quota', [
    sized('429 Too Many Requests', errorBody('No quota.', 'insufficient_quota'), JSON_TYPE),
  ]),
  row('429 for a usage limit', [
    sized(
      '429 Too Many Requests',
      JSON.stringify({
        error: {
          type: 'usage_limit_reached',
          message: 'Later.',
          plan_type: 'pro',
          resets_at: 1_900_000_000,
        },
      }),
      JSON_TYPE,
    ),
  ]),
  row('500 of HTTP/1.0', ['HTTP/1.0 500 Internal Server Error\r\n\r\nIt fell over.', END]),
  row('503 with a page', [sized('503 Service Unavailable', PAGE, 'content-type: text/html')]),
  row('502 that closes', [sized('502 Bad Gateway', PAGE, 'connection: close'), END]),
  again(
    '429 with Retry-After in seconds',
    sized('429 Too Many Requests', errorBody('Later.'), JSON_TYPE, 'retry-after: 1'),
  ),
  again(
    '429 with Retry-After-Ms',
    sized('429 Too Many Requests', errorBody('Later.'), JSON_TYPE, 'retry-after-ms: 100'),
  ),
  again(
    '503 with Retry-After as a date',
    sized('503 Service Unavailable', '', 'retry-after: Wed, 25 Nov 2026 10:00:00 GMT'),
  ),
  again(
    '503 with Retry-After that is none',
    sized('503 Service Unavailable', '', 'retry-after: soon'),
  ),
  again('500 once', sized('500 Internal Server Error', errorBody('Once.'), JSON_TYPE)),
  again('502 once, closing', sized('502 Bad Gateway', PAGE, 'connection: close'), END),
  again('408 once', sized('408 Request Timeout', '', 'connection: close'), END),
]

function row(status: string, reply: Reply): Row {
  return { title: `the answer is ${status}`, upstream: { replies: [reply] }, provider: NO_RETRIES }
}

function again(status: string, ...reply: Reply): Row {
  return {
    title: `the first answer is ${status}`,
    upstream: { replies: [reply, SAYS_HELLO] },
    provider: ONE_RETRY,
  }
}

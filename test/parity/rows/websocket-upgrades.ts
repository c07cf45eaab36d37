import {
  errorBody,
  HELLO as HELLO_SSE,
  head,
  JSON_TYPE,
  SAYS_HELLO,
  SSE,
  sized,
} from '../answers.js'
import { ONE_RETRY, type Row, SOON_IDLE, WITH_SOCKETS } from '../row.js'
import { HELLO_MESSAGES, plain, warmSocket } from '../sockets.js'
import { END, MESSAGE, RESET, type Reply, type Step } from '../steps.js'
import { accept, frame } from '../websocket-frames.js'

const HELLO = plain(HELLO_MESSAGES)
const [FIRST = Buffer.of()] = HELLO

const SOON_CONNECTED = 'websocket_connect_timeout_ms = 600'

/**
 * Upgrades that are refused or incompletely accepted; if Codex gives up, the turn goes over HTTP.
 */
export const websocketUpgrades: readonly Row[] = [
  ...[
    '400 Bad Request',
    '401 Unauthorized',
    '402 Payment Required',
    '403 Forbidden',
    '404 Not Found',
    '405 Method Not Allowed',
    '407 Proxy Authentication Required',
    '408 Request Timeout',
    '410 Gone',
    '413 Content Too Large',
    '426 Upgrade Required',
    '429 Too Many Requests',
    '500 Internal Server Error',
    '501 Not Implemented',
    '502 Bad Gateway',
    '503 Service Unavailable',
    '504 Gateway Timeout',
  ].map((status) =>
    row(`refused with ${status}`, [sized(status, errorBody(`It is ${status}.`), JSON_TYPE)]),
  ),
  row('refused without a body', [head('403 Forbidden', 'content-length: 0')]),
  row('refused by an answer that closes', [
    `${head('503 Service Unavailable', 'connection: close')}Sorry.`,
    END,
  ]),
  row('refused with Retry-After', [
    sized('429 Too Many Requests', errorBody('Later.'), JSON_TYPE, 'retry-after: 1'),
  ]),
  row('refused with 1 MB', [sized('400 Bad Request', errorBody('x'.repeat(1 << 20)), JSON_TYPE)]),
  row('refused in chunks', [
    `${head('400 Bad Request', JSON_TYPE, 'transfer-encoding: chunked')}5\r\n"odd"\r\n0\r\n\r\n`,
  ]),
  row('answered 200', [sized('200 OK', HELLO_SSE, SSE)]),
  row('answered 204', [head('204 No Content')]),
  row('answered 307', [
    head('307 Temporary Redirect', 'location: /v2/responses', 'content-length: 0'),
  ]),
  row('answered 301 to another origin', [
    (_, { elsewhere }) =>
      head('301 Moved Permanently', `location: ${elsewhere}/v1/responses`, 'content-length: 0'),
  ]),
  row('answered what is no HTTP', ['SSH-2.0-OpenSSH_9.2\r\n', END]),
  row('answered with half a head', ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso', END]),
  accepted('after a 103', (text) => `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${text}`),
  accepted('without Sec-WebSocket-Accept', (text) =>
    text.replace(/sec-websocket-accept: .*\r\n/i, ''),
  ),
  accepted('with the wrong Sec-WebSocket-Accept', (text) =>
    text.replace(/(sec-websocket-accept: )./i, '$1!'),
  ),
  accepted('without Connection', (text) => text.replace(/connection: .*\r\n/i, '')),
  accepted('without Upgrade', (text) => text.replace(/upgrade: .*\r\n/i, '')),
  accepted('by HTTP/1.0', (text) => text.replace('HTTP/1.1', 'HTTP/1.0')),
  accepted('with names in odd cases', (text) =>
    text.replaceAll(/^[\w-]+(?=:)/gm, (name) => name.toUpperCase()),
  ),
  accepted('with bare LF', (text) => text.replaceAll('\r\n', '\n')),
  accepted('without a reason', (text) => text.replace(' Switching Protocols', '')),
  accepted('with a protocol that nobody offered', (text) =>
    text.replace('\r\n\r\n', '\r\nsec-websocket-protocol: odd\r\n\r\n'),
  ),
  accepted('with a length', (text) => text.replace('\r\n\r\n', '\r\ncontent-length: 5\r\n\r\n')),
  accepted('with chunks', (text) =>
    text.replace('\r\n\r\n', '\r\ntransfer-encoding: chunked\r\n\r\n'),
  ),
  accepted('with a header of 64 KB', (text) =>
    text.replace('\r\n\r\n', `\r\nx-long: ${'x'.repeat(65536)}\r\n\r\n`),
  ),
  accepted('with the headers of Codex', (text) =>
    text.replace(
      '\r\n\r\n',
      '\r\nx-codex-turn-state: abc\r\nx-models-etag: "1"\r\nx-reasoning-included: true\r\nopenai-model: gpt-5.5\r\n\r\n',
    ),
  ),
  accepted('in pieces of one byte', (text) => text),
  row('never answered', [], SOON_CONNECTED),
]

/** Sockets that are cut at every stage. What follows goes over a new socket, or over HTTP. */
export const websocketCuts: readonly Row[] = [
  ...(['ended', 'reset'] as const).flatMap((how) => {
    const close = { ended: END, reset: RESET }[how]
    return [
      row(`${how} before it is answered`, [close]),
      row(`${how} in the middle of the head`, ['HTTP/1.1 101 Switching', close]),
      row(`${how} behind the prewarm`, [accept(), MESSAGE, close]),
      row(`${how} behind the first message`, warmSocket([close])),
      row(`${how} in the middle of a frame`, warmSocket([FIRST.subarray(0, 30), close])),
      row(`${how} in the head of a frame`, warmSocket([FIRST.subarray(0, 1), close])),
      row(`${how} between fragments`, warmSocket([frame('{', { isLast: false }), close])),
      row(`${how} between events`, warmSocket([FIRST, close])),
      row(`${how} behind the whole answer`, warmSocket([...HELLO, close])),
      again(`${how} once between events`, warmSocket([FIRST, close]), warmSocket(HELLO)),
      again(`${how} once before the head`, [close], warmSocket(HELLO)),
    ]
  }),
  row('silent behind the head', [accept()], SOON_IDLE),
  row('silent behind the prewarm', warmSocket([]), SOON_IDLE),
  row('silent in the middle of an answer', warmSocket([FIRST]), SOON_IDLE),
  row('silent in the middle of a frame', warmSocket([FIRST.subarray(0, 30)]), SOON_IDLE),
  {
    ...row(
      'silent but for pings',
      warmSocket(
        Array.from({ length: 8 }, () => [frame('', { opcode: 9 }), { pause: 200 }]).flat(),
      ),
      SOON_IDLE,
    ),
    notCompared: (['stage', 'number of pongs'] as const).map((what) => ({
      what,
      reason: 'a ping more or less fits into the agent’s patience',
    })),
  },
]

function row(what: string, upgrade: Reply, provider = ''): Row {
  return {
    title: `an upgrade is ${what}`,
    upstream: { replies: [SAYS_HELLO], upgrades: [upgrade] },
    elsewhere: { replies: [SAYS_HELLO], upgrades: [warmSocket(HELLO)] },
    provider: `${WITH_SOCKETS}\n${provider}`,
  }
}

function again(what: string, ...upgrades: Reply[]): Row {
  return {
    title: `a socket is ${what}`,
    upstream: { replies: [SAYS_HELLO], upgrades },
    provider: `supports_websockets = true\n${ONE_RETRY}`,
  }
}

/** A head that accepts the upgrade, except for one detail. */
function accepted(how: string, change: (head: string) => string): Row {
  const answer: Step = (request) => change(accept()(request))
  return row(`accepted ${how}`, [answer, ...warmSocket(HELLO).slice(1)])
}

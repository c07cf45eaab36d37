import { gzipSync } from 'node:zlib'
import { execCommand } from '../../scripted-model/index.js'
import {
  CHUNKED,
  chunk,
  errorBody,
  eventsOf,
  HELLO,
  head,
  JSON_TYPE,
  LAST_CHUNK,
  messagesOf,
  SAYS_HELLO,
  SSE,
  sized,
} from '../answers.js'
import { ownProvider } from '../own-provider.js'
import { ONE_RETRY, type Row, WITH_SOCKETS } from '../row.js'
import type { TuiRow } from '../run-tui.js'
import { deflated, HELLO_MESSAGES, plain, warmSocket } from '../sockets.js'
import { END, IT_WAITS, MESSAGE, RESET, type Reply } from '../steps.js'
import {
  allows,
  BEGINNING,
  declines,
  interrupts,
  interruptsAtOnce,
  seesError,
  seesHello,
  type User,
} from '../users.js'
import { accept, closeFrame, frame } from '../websocket-frames.js'

const COMMAND = execCommand('echo one', { sandbox_permissions: 'require_escalated' })
const ASKS = [
  head('200 OK', SSE, CHUNKED),
  ...eventsOf({ calls: [COMMAND] }).map(chunk),
  LAST_CHUNK,
]
// The TUI shows a line once the next one has begun.
const HALF = { text: `${BEGINNING}\n\nIt goes on.`, deltas: 4 }
const HALF_OF_IT = [head('200 OK', SSE, CHUNKED), ...eventsOf(HALF).slice(0, 6).map(chunk)]

const NOT_COUNTED: Partial<Row> = {
  notCompared: [
    { what: 'token usage', reason: 'the end of the answer comes while the question is there' },
  ],
}
const ONCE = { provider: ONE_RETRY }
const HELLO_FRAMES = plain(HELLO_MESSAGES)
const WELL = warmSocket(HELLO_FRAMES)
const FIRST = plain(messagesOf(HALF)).slice(0, 6)
// No socket after the first is prewarmed.
const AGAIN: Reply = [accept(), MESSAGE, ...HELLO_FRAMES]
const CALLS = warmSocket([
  ...plain(messagesOf({ calls: [COMMAND] }, 'call')),
  MESSAGE,
  ...HELLO_FRAMES,
])
const TOO_MANY = JSON.stringify({
  type: 'error',
  status: 429,
  error: { type: 'scripted_error', code: 'scripted', message: 'Too many.' },
})
const AGAIN_ONCE = { provider: `supports_websockets = true\n${ONE_RETRY}` }

/** The TUI over HTTP. */
export const tuiOverHttp: readonly TuiRow[] = [
  row('the model answers', [SAYS_HELLO], seesHello),
  row('a command is allowed', [ASKS, SAYS_HELLO], allows),
  row('a command is declined', [ASKS], declines, NOT_COUNTED),
  row('an answer is interrupted', [HALF_OF_IT, SAYS_HELLO], interrupts),
  row('a silent model is interrupted', [[]], interruptsAtOnce),
  ...['401 Unauthorized', '404 Not Found', '429 Too Many Requests'].map((status) =>
    row(`the answer is ${status}`, [refused(status)], seesError),
  ),
  row('the first answer is 500', [refused('500 Odd'), SAYS_HELLO], seesHello, ONCE),
  row('an answer breaks once', [[...HALF_OF_IT, RESET], SAYS_HELLO], seesHello, ONCE),
  row('an answer ends in the middle', [[...HALF_OF_IT, END]], seesError),
  row('the answer is a redirect', [redirect()], seesHello, {
    elsewhere: { replies: [SAYS_HELLO] },
  }),
  row('the answer is compressed', [compressed()], seesError),
  row('the upstream refuses from the start', [SAYS_HELLO], seesHello, {
    upstream: { replies: [SAYS_HELLO], refusesUntil: IT_WAITS },
  }),
  row('it is given another folder', [SAYS_HELLO], seesHello, {
    args: ['-s', 'workspace-write', '--add-dir', '/'],
  }),
]

/** The TUI over a WebSocket. */
export const tuiOverSocket: readonly TuiRow[] = [
  socket('the model answers', [WELL], seesHello),
  socket('the model answers deflated', [inOneWindow()], seesHello),
  socket('a command is allowed', [CALLS], allows),
  socket('a command is declined', [CALLS], declines, NOT_COUNTED),
  socket('an answer is interrupted', [warmSocket(FIRST), AGAIN], interrupts),
  socket('the upgrade is answered 403', [refused('403 Forbidden')], seesHello),
  socket('the model says 429', [warmSocket([frame(TOO_MANY)])], seesError),
  socket('it is reset once', [warmSocket([...FIRST, RESET]), AGAIN], seesHello, AGAIN_ONCE),
  socket(
    'it is closed with 1011 once',
    [warmSocket([...FIRST, closeFrame(1011, 'going')]), AGAIN],
    seesHello,
    AGAIN_ONCE,
  ),
  socket('the upstream refuses from the start', [WELL], seesHello, {
    upstream: { replies: [SAYS_HELLO], upgrades: [WELL], refusesUntil: IT_WAITS },
    notCompared: [{ what: 'beside', reason: 'the outage ends while it asks for a title' }],
  }),
  socket('it leads to api.openai.com', [WELL], seesHello, ownProvider('API key')),
  socket('it leads to chatgpt.com', [WELL], seesHello, ownProvider('ChatGPT')),
]

function row(what: string, replies: readonly Reply[], user: User, more: Partial<Row> = {}): TuiRow {
  return { title: what, upstream: { replies }, user, ...more }
}

function socket(
  what: string,
  upgrades: readonly Reply[],
  user: User,
  more: Partial<Row> = {},
): TuiRow {
  const upstream = { replies: [SAYS_HELLO], upgrades }
  return row(what, [], user, { upstream, provider: WITH_SOCKETS, ...more })
}

function refused(status: string): Reply {
  return [sized(status, errorBody(`It is ${status}.`), JSON_TYPE)]
}

function redirect(): Reply {
  return [
    (_, { elsewhere }) =>
      head('307 Temporary Redirect', `location: ${elsewhere}/v1/responses`, 'content-length: 0'),
  ]
}

// Codex requests no coding, and accepts none.
function compressed(): Reply {
  return [sized('200 OK', gzipSync(HELLO), SSE, 'content-encoding: gzip')]
}

function inOneWindow(): Reply {
  const framing = deflated('together')
  return [...warmSocket([], 'permessage-deflate', framing), ...framing(HELLO_MESSAGES)]
}

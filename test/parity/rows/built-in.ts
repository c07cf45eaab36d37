import { execCommand } from '../../scripted-model/index.js'
import { errorBody, JSON_TYPE, messagesOf, SAYS_HELLO, sized } from '../answers.js'
import { NO_LIST, ownProvider } from '../own-provider.js'
import { type Row, waiting } from '../row.js'
import { deflated, HELLO_MESSAGES, plain, warmSocket } from '../sockets.js'
import { END, MESSAGE, type Plan, RESET, type Reply } from '../steps.js'
import { accept, closeFrame, frame } from '../websocket-frames.js'

const HELLO = plain(HELLO_MESSAGES)
const [FIRST = Buffer.of()] = HELLO
const WELL = warmSocket(HELLO)
// After a socket has broken, the next one gets the full request at once.
const AGAIN: Reply = [accept(), MESSAGE, ...HELLO]
const CALL = plain(messagesOf({ calls: [execCommand('echo one')] }, 'call'))
// The pauses between retries grow: this one is followed by 3 s, enough for two ports to open in.
const LATE_TRY = 'Reconnecting... 5/5'
const DEFLATE = 'permessage-deflate'

/** Codex's own provider at its own address, with an API key; the longest rows first. */
export const withKey: readonly Row[] = [
  waiting({
    ...key('is trusted by nobody', [WELL]),
    environment: () => ({}),
    notCompared: [
      NO_LIST,
      { what: 'stderr', reason: 'our port refuses meanwhile, and that is what Codex says' },
    ],
  }),
  key('answers 401 to an upgrade', [refused('401 Unauthorized')]),
  key('answers 403 to an upgrade', [refused('403 Forbidden')]),
  key('answers 426 to an upgrade', [refused('426 Upgrade Required')]),
  key('answers over a socket', [WELL]),
  key('answers over a deflated socket', [inOneWindow()]),
  key('calls a tool over a socket', [[...warmSocket(CALL), MESSAGE, ...HELLO]]),
  key('says 429 over a socket', [warmSocket([frame(error(429))])]),
  key('says 500 over a socket once', [warmSocket([frame(error(500))]), AGAIN]),
  key('ends a socket in the middle of an answer', [warmSocket([FIRST, END]), AGAIN]),
  key('resets a socket in the middle of an answer', [warmSocket([FIRST, RESET]), AGAIN]),
  key('closes a socket with 1011', [warmSocket([FIRST, closeFrame(1011, 'going')]), AGAIN]),
  key('resets a socket behind the prewarm', [[accept(), MESSAGE, RESET], AGAIN]),
  key('breaks a socket, and refuses', [warmSocket([{ refuse: LATE_TRY }, RESET]), AGAIN]),
  { ...key('knows the key of auth.json', [WELL]), login: 'API key' },
  {
    ...key('is trusted by SSL_CERT_FILE', [WELL]),
    environment: ({ ca }) => ({ SSL_CERT_FILE: ca }),
  },
]

/** The same with an account's login: the host is different, and bodies over HTTP are compressed. */
export const withAccount: readonly Row[] = [
  account('answers 401 to an upgrade', [refused('401 Unauthorized')]),
  account('answers 426 to an upgrade', [refused('426 Upgrade Required')]),
  account('answers over a socket', [WELL]),
  account('calls a tool over a socket', [[...warmSocket(CALL), MESSAGE, ...HELLO]]),
  account('says 429 over a socket', [warmSocket([frame(error(429))])]),
  account('resets a socket in the middle of an answer', [warmSocket([FIRST, RESET]), AGAIN]),
  account('breaks a socket, and refuses', [warmSocket([{ refuse: LATE_TRY }, RESET]), AGAIN]),
]

function key(what: string, upgrades: readonly Reply[], plan: Partial<Plan> = {}): Row {
  return {
    ...ownProvider('CODEX_API_KEY'),
    title: `api.openai.com ${what}`,
    upstream: { replies: [SAYS_HELLO], upgrades, ...plan },
  }
}

function account(what: string, upgrades: readonly Reply[]): Row {
  return {
    ...ownProvider('ChatGPT'),
    title: `chatgpt.com ${what}`,
    upstream: { replies: [SAYS_HELLO], upgrades },
  }
}

function refused(status: string): Reply {
  return [sized(status, errorBody(`It is ${status}.`), JSON_TYPE)]
}

function error(status: number): string {
  const said = { type: 'scripted_error', code: 'scripted', message: `It is ${status}.` }
  return JSON.stringify({ type: 'error', status, error: said })
}

function inOneWindow(): Reply {
  const framing = deflated('together')
  return [...warmSocket([], DEFLATE, framing), ...framing(HELLO_MESSAGES)]
}

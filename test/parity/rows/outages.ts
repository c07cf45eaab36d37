import { CHUNKED, chunk, eventsOf, head, SAYS_HELLO, SSE } from '../answers.js'
import { NO_RETRIES, type Row, WITH_SOCKETS } from '../row.js'
import { HELLO_MESSAGES, plain, warmSocket } from '../sockets.js'
import { IT_WAITS, type Plan, RESET } from '../steps.js'

const HALF = [head('200 OK', SSE, CHUNKED), chunk(eventsOf({ text: 'Hello.' })[0] ?? '')]
const TRIES = `request_max_retries = 2
stream_max_retries = 2`

/** Upstreams that cannot be reached, temporarily or for good. */
export const outages: readonly Row[] = [
  row('refuses from the start', { refusesUntil: IT_WAITS, replies: [SAYS_HELLO] }),
  row(
    'refuses from the start, with no retries',
    { refusesUntil: IT_WAITS, replies: [SAYS_HELLO] },
    NO_RETRIES,
  ),
  row('resets, and refuses', { replies: [[{ refuse: IT_WAITS }, RESET], SAYS_HELLO] }),
  row('breaks in an answer, and refuses', {
    replies: [[...HALF, { refuse: IT_WAITS }, RESET], SAYS_HELLO],
  }),
  // The connection is kept.
  row('answers 500, and refuses others', {
    replies: [[{ refuse: IT_WAITS }, head('500 Odd', 'content-length: 0')], SAYS_HELLO],
  }),
  {
    ...row('breaks twice, and refuses in between', {
      replies: [[RESET], [{ refuse: IT_WAITS }, RESET], SAYS_HELLO],
    }),
    notCompared: [
      {
        what: 'stderr',
        reason: 'an outage that begins later is seen when a connection has broken',
      },
    ],
  },
  // When all tries for a socket have failed, it waits over HTTP.
  socket('refuses a socket from the start', {
    refusesUntil: IT_WAITS,
    replies: [SAYS_HELLO],
    upgrades: [warmSocket(plain(HELLO_MESSAGES))],
  }),
  socket('breaks a socket, and refuses', {
    replies: [SAYS_HELLO],
    upgrades: [warmSocket([{ refuse: IT_WAITS }, RESET]), warmSocket(plain(HELLO_MESSAGES))],
  }),
]

function row(what: string, upstream: Plan, provider = TRIES): Row {
  return { title: `the upstream ${what}`, upstream, provider }
}

function socket(what: string, upstream: Plan): Row {
  return row(what, upstream, `${WITH_SOCKETS.split('\n')[0]}\n${TRIES}`)
}

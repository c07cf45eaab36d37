import { CHUNKED, chunk, eventsOf, head, SAYS_HELLO, SSE } from '../answers.js'
import { NO_RETRIES, type Row, WITH_SOCKETS } from '../row.js'
import { HELLO_MESSAGES, plain, warmSocket } from '../sockets.js'
import { type Plan, RESET } from '../steps.js'

const HALF = [head('200 OK', SSE, CHUNKED), chunk(eventsOf({ text: 'Hello.' })[0] ?? '')]
const TRIES = `request_max_retries = 2
stream_max_retries = 2`

/** Upstreams that cannot be reached, for a while or for good. */
export const outages: readonly Row[] = [
  ...[1, 3].map((seconds) => ({
    ...row(
      `refuses for ${seconds} s from the start`,
      { refusesFor: seconds * 1_000, replies: [SAYS_HELLO] },
      NO_RETRIES,
    ),
    notCompared: [
      {
        what: 'stderr' as const,
        reason: 'a Codex that starts late on a busy machine waits for nothing',
      },
    ],
  })),
  row('refuses for 6 s from the start', { refusesFor: 6_000, replies: [SAYS_HELLO] }),
  row('resets, and refuses for 1 s', { replies: [[{ refuse: 1_000 }, RESET], SAYS_HELLO] }),
  row('resets, and refuses for 4 s', { replies: [[{ refuse: 4_000 }, RESET], SAYS_HELLO] }),
  row('breaks in an answer, and refuses for 2 s', {
    replies: [[...HALF, { refuse: 2_000 }, RESET], SAYS_HELLO],
  }),
  row('answers 500, and refuses for 2 s', {
    replies: [[{ refuse: 2_000 }, head('500 Odd', 'content-length: 0')], SAYS_HELLO],
  }),
  {
    ...row('breaks twice, and refuses for 1 s in between', {
      replies: [[RESET], [{ refuse: 1_000 }, RESET], SAYS_HELLO],
    }),
    notCompared: [
      {
        what: 'stderr',
        reason: 'an outage that begins later is seen when a connection has broken',
      },
    ],
  },
  // Longer than all tries for a socket take, however late Codex starts: it then waits over HTTP.
  socket('refuses a socket for 6 s from the start', {
    refusesFor: 6_000,
    replies: [SAYS_HELLO],
    upgrades: [warmSocket(plain(HELLO_MESSAGES))],
  }),
  socket('breaks a socket, and refuses for 2 s', {
    replies: [SAYS_HELLO],
    upgrades: [warmSocket([{ refuse: 2_000 }, RESET]), warmSocket(plain(HELLO_MESSAGES))],
  }),
]

function row(what: string, upstream: Plan, provider = TRIES): Row {
  return { title: `the upstream ${what}`, upstream, provider }
}

function socket(what: string, upstream: Plan): Row {
  return row(what, upstream, `${WITH_SOCKETS.split('\n')[0]}\n${TRIES}`)
}

import { CHUNKED, chunk, eventsOf, head, SAYS_HELLO, SSE } from '../answers.js'
import { type Progress, type Row, WITH_SOCKETS } from '../row.js'
import { HELLO_MESSAGES, plain, warmSocket } from '../sockets.js'
import type { Plan, Reply } from '../steps.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGKILL'] as const
const HALF: Reply = [head('200 OK', SSE, CHUNKED), chunk(eventsOf({ text: 'Hello.' })[0] ?? '')]

/** Signals to the whole process group, as Ctrl-C, `timeout` and a closed terminal send them. */
export const signals: readonly Row[] = [
  ...SIGNALS.map((name) => row(name, 'while nothing has come', { replies: [[]] }, asked)),
  ...SIGNALS.map((name) => row(name, 'in the middle of an answer', { replies: [HALF] }, answering)),
  ...(['SIGINT', 'SIGTERM'] as const).map((name) =>
    row(
      name,
      'in the middle of an answer over a socket',
      { replies: [], upgrades: [warmSocket(plain(HELLO_MESSAGES).slice(0, 1))] },
      ({ stage }) => stage === 'end of upgrade 1',
      WITH_SOCKETS,
    ),
  ),
  {
    ...row(
      'SIGTERM',
      'before an upgrade is answered',
      { replies: [], upgrades: [[]] },
      asked,
      WITH_SOCKETS,
    ),
    notCompared: [{ what: 'stderr', reason: 'the prewarm begins before Codex prints its banner' }],
  },
]

/** Few descriptors, little memory, other folders. */
export const limits: readonly Row[] = [
  ...[100, 64, 24, 22, 20, 16].map((count) => ({
    ...limited(`${count} descriptors`, `ulimit -n ${count}`),
    says: 'more files can be opened',
  })),
  limited('a file mask of 077', 'umask 077'),
  limited('no core files', 'ulimit -c 0'),
  limited('files of at most 16 MB', 'ulimit -f 32768'),
  limited('a nice value', 'renice -n 5 $$ >/dev/null'),
  limited('ignored SIGPIPE', "trap '' PIPE"),
  limited('ignored SIGINT', "trap '' INT"),
  limited('a closed standard input', 'exec <&-'),
  limited('an environment without PATH', 'unset LANG SHELL'),
  limited('more descriptors open', 'exec 7</dev/null 8</dev/null 9>/dev/null'),
]

function asked({ requests }: Progress): boolean {
  return requests > 0
}

function answering({ stage }: Progress): boolean {
  return stage === 'end of reply 1'
}

function row(
  name: NodeJS.Signals,
  when: string,
  upstream: Plan,
  once: (seen: Progress) => boolean,
  provider?: string,
): Row {
  return {
    title: `${name} comes ${when}`,
    upstream,
    signal: { name, once },
    ...(provider !== undefined && { provider }),
  }
}

function limited(what: string, shell: string): Row {
  return { title: `the agent has ${what}`, upstream: { replies: [SAYS_HELLO] }, shell }
}

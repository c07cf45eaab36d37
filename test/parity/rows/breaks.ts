import { CHUNKED, chunk, eventsOf, HELLO, head, SAYS_HELLO, SSE } from '../answers.js'
import { NO_RETRIES, ONE_RETRY, type Row, SOON_IDLE } from '../row.js'
import { END, type Plan, RESET, type Reply, type Step } from '../steps.js'

const HEAD = head('200 OK', SSE, CHUNKED)
const SIZED_HEAD = head('200 OK', SSE, `content-length: ${Buffer.byteLength(HELLO)}`)
const [FIRST = '', SECOND = '', ...OTHERS] = eventsOf({ text: 'Hello.', deltas: 2 })

/** Connections that end, are reset or go silent, at every stage of a request and its answer. */
export const breaks: readonly Row[] = [
  ...stages('ended', END),
  // Reversed, so that npm test, which runs every seventh row, covers other stages of these.
  ...stages('reset', RESET).toReversed(),
  // Ended or reset right after it opens, a connection breaks before or after the agent has it, by
  // chance.
  reply('silent behind the head', [HEAD], SOON_IDLE),
  reply('silent between events', [HEAD, chunk(FIRST)], SOON_IDLE),
  reply('silent in the middle of an event', [HEAD, chunk(FIRST.slice(0, 30))], SOON_IDLE),
  byTime(
    reply('silent but for comments', [HEAD, ...sixTimes(chunk(': still here\n\n'))], SOON_IDLE),
  ),
  byTime(reply('silent but for blank lines', [HEAD, ...sixTimes(chunk('\n'))], SOON_IDLE)),
  reply('silent behind the last event', [HEAD, ...[FIRST, SECOND, ...OTHERS].map(chunk)]),
  reply('slow before the head', [{ pause: 400 }, ...SAYS_HELLO]),
  reply('slow in the middle of the head', [
    'HTTP/1.1 200 OK\r\n',
    { pause: 400 },
    HEAD.slice(17),
    chunk(HELLO),
    '0\r\n\r\n',
  ]),
  byTime(
    reply('slow between events', [
      HEAD,
      ...[FIRST, SECOND, ...OTHERS].flatMap((event) => [chunk(event), { pause: 60 }]),
      '0\r\n\r\n',
    ]),
  ),
  reply('slow in the middle of every event', [
    HEAD,
    ...[FIRST, SECOND, ...OTHERS].flatMap((event) => [
      chunk(event.slice(0, 20)),
      { pause: 40 },
      chunk(event.slice(20)),
    ]),
    '0\r\n\r\n',
  ]),
  row('slow when it is made', { atConnect: [[{ pause: 400 }]], replies: [SAYS_HELLO] }),
  row('answered before the body is read', {
    answersAt: 'head',
    readsOnly: 1,
    replies: [SAYS_HELLO],
  }),
  row('refused before the body is read', {
    answersAt: 'head',
    readsOnly: 1,
    replies: [[head('413 Content Too Large', 'connection: close', 'content-length: 0'), END]],
  }),
]

function stages(how: string, close: Step): Row[] {
  return [
    row(`${how} behind the request's head`, { answersAt: 'head', replies: [[close]] }),
    reply(`${how} behind the request`, [close]),
    reply(`${how} in the middle of the status line`, ['HTTP/1.1 20', close]),
    reply(`${how} in the middle of the head`, ['HTTP/1.1 200 OK\r\ncontent-ty', close]),
    reply(`${how} behind the head`, [HEAD, close]),
    reply(`${how} in the middle of an event`, [
      HEAD,
      chunk(FIRST),
      chunk(SECOND.slice(0, 30)),
      close,
    ]),
    reply(`${how} in the middle of a chunk`, [HEAD, chunk(FIRST), '40\r\nevent: ', close]),
    reply(`${how} in the middle of a chunk's size`, [HEAD, chunk(FIRST), '4', close]),
    reply(`${how} between chunks`, [HEAD, chunk(FIRST), close]),
    reply(`${how} in the middle of a sized body`, [SIZED_HEAD, FIRST, close]),
    reply(`${how} behind the last event`, [
      HEAD,
      ...eventsOf({ text: 'Hello.' }).map(chunk),
      close,
    ]),
    reply(`${how} behind the whole answer`, [...SAYS_HELLO, close]),
    reply(`${how} behind an error`, [head('500 Odd', 'content-length: 100'), '{"error":', close]),
    again(`${how} once behind the request`, [close]),
    again(`${how} once behind the head`, [HEAD, close]),
    again(`${how} once between chunks`, [HEAD, chunk(FIRST), close]),
  ]
}

/** How far the upstream gets before the agent hangs up is a matter of timing. */
function byTime(one: Row): Row {
  const reason = 'the agent hangs up while the upstream still sends'
  return {
    ...one,
    notCompared: [
      { what: 'stage', reason },
      { what: 'connection ends', reason },
    ],
  }
}

function reply(what: string, steps: Reply, provider?: string): Row {
  return row(what, { replies: [steps] }, provider)
}

function again(what: string, steps: Reply): Row {
  return row(what, { replies: [steps, SAYS_HELLO] }, ONE_RETRY)
}

function row(what: string, upstream: Plan, provider?: string): Row {
  const retries = /_max_retries/.test(provider ?? '') ? '' : NO_RETRIES
  return {
    title: `the connection is ${what}`,
    upstream,
    ...(provider !== undefined && { provider: `${provider}\n${retries}` }),
  }
}

function sixTimes(bytes: Buffer): Step[] {
  return Array.from({ length: 6 }, () => [bytes, { pause: 200 }]).flat()
}

import { execCommand } from '../../scripted-model/index.js'
import { messagesOf } from '../answers.js'
import { type Row, SOON_IDLE } from '../row.js'
import { deflated, HELLO_MESSAGES, plain, socketRow as row, warmSocket } from '../sockets.js'
import { MESSAGE, type Step } from '../steps.js'
import { accept, closeFrame, frame } from '../websocket-frames.js'

const DEFLATE = 'permessage-deflate'
const HELLO = plain(HELLO_MESSAGES)
const [FIRST = '', ...OTHERS] = HELLO_MESSAGES
const CALL = messagesOf({ calls: [execCommand('echo one')] }, 'call')

/** What the API says on a socket, and how it closes one with a reason. */
export const websocketAnswers: readonly Row[] = [
  row('an answer of 128 KB in 256 deltas', warmSocket(plain(messagesOf({ textBytes: 1 << 17 })))),
  row('an answer of 128 KB, deflated', inOneWindow(messagesOf({ textBytes: 1 << 17 }))),
  row('a tool call and its result', [...warmSocket(plain(CALL)), MESSAGE, ...HELLO]),
  row('five tool calls', [
    ...warmSocket([]),
    ...[1, 2, 3, 4, 5].flatMap((n) => [
      ...plain(messagesOf({ calls: [execCommand(`echo ${n}`)] }, `call-${n}`)),
      MESSAGE,
    ]),
    ...HELLO,
  ]),
  row('a tool call and its result, deflated', inOneWindow(CALL, HELLO_MESSAGES)),
  row('a big tool result', [
    ...warmSocket(
      plain(
        messagesOf({ calls: [execCommand('seq 1 20000', { max_output_tokens: 100_000 })] }, 'big'),
      ),
    ),
    MESSAGE,
    ...HELLO,
  ]),
  row(
    'reasoning before it speaks',
    warmSocket(plain(messagesOf({ reasoning: 'Let me think.', text: 'Hello.' }))),
  ),
  row('a pause before the answer', warmSocket([{ pause: 300 }, ...HELLO])),
  row('a pause in the answer', warmSocket([frame(FIRST), { pause: 300 }, ...plain(OTHERS)])),
  row('a pause before the upgrade is accepted', [{ pause: 300 }, ...warmSocket(HELLO)]),
  row(
    'a failed answer',
    warmSocket(
      plain(
        messagesOf({ text: 'So far.', failed: { code: 'server_error', message: 'It fell over.' } }),
      ),
    ),
  ),
  row(
    'a failed answer for a context that is too long',
    warmSocket(
      plain(messagesOf({ failed: { code: 'context_length_exceeded', message: 'Too long.' } })),
    ),
  ),
  ...[400, 401, 403, 404, 413, 429, 500, 502, 503, 529].map((status) =>
    row(`an error of status ${status}`, warmSocket([frame(error(status))])),
  ),
  row(
    'an error for a connection that is too old',
    warmSocket([frame(error(400, 'websocket_connection_limit_reached'))]),
  ),
  row(
    'an error with headers',
    warmSocket([
      frame(error(429, 'rate_limit_exceeded', { 'retry-after': '1', 'x-request-id': 'req_1' })),
    ]),
  ),
  row('an error in the middle of an answer', warmSocket([frame(FIRST), frame(error(500))])),
  row('an error for the prewarm', [accept(), MESSAGE, frame(error(500))]),
  row('an error for a previous response that is gone', [
    ...warmSocket([frame(error(400, 'previous_response_not_found'))]),
  ]),
  row(
    'an error without a status',
    warmSocket([frame('{"type":"error","error":{"message":"Odd."}}')]),
    SOON_IDLE,
  ),
  ...[1000, 1001, 1002, 1006, 1008, 1009, 1011, 1012, 1013, 3000, 4999].map((code) =>
    row(
      `a close of code ${code} in the middle of an answer`,
      warmSocket([frame(FIRST), closeFrame(code, 'going')]),
    ),
  ),
  row('a close without a code', warmSocket([frame(FIRST), frame('', { opcode: 8 })])),
  row('a close of one byte', warmSocket([frame(FIRST), frame('x', { opcode: 8 })])),
  row(
    'a close whose words are no UTF-8',
    warmSocket([frame(FIRST), frame(Buffer.of(3, 232, 0xff), { opcode: 8 })]),
  ),
]

function error(status: number, code = 'scripted', headers: Record<string, string> = {}): string {
  const said = { type: 'scripted_error', code, message: `It is ${status}.` }
  return JSON.stringify({ type: 'error', status, error: said, headers })
}

/** One deflate window for all messages of a socket. */
function inOneWindow(...answers: (readonly string[])[]): readonly Step[] {
  const framing = deflated('together')
  const [first = [], ...others] = answers
  return [
    ...warmSocket([], DEFLATE, framing),
    ...framing(first),
    ...others.flatMap((messages) => [MESSAGE, ...framing(messages)]),
  ]
}

import { cut } from '../answers.js'
import type { Row } from '../row.js'
import {
  atOnce,
  deflated,
  fragments,
  HELLO_MESSAGES,
  plain,
  socketRow,
  WARMED,
  warmSocket,
} from '../sockets.js'
import { MESSAGE, PONG, type Step } from '../steps.js'
import {
  accept,
  BINARY,
  CONTINUATION,
  frame,
  MessageDeflate,
  PING,
  PONG_FRAME,
} from '../websocket-frames.js'

const DEFLATE = 'permessage-deflate'
const HELLO = plain(HELLO_MESSAGES)
const [FIRST = '', ...OTHERS] = HELLO_MESSAGES

/** Frames of every kind and size on a turn's socket. */
export const websocketFrames: readonly Row[] = [
  socketRow('plain frames', warmSocket(HELLO)),
  socketRow('a socket that takes no deflate', warmSocket(HELLO, '')),
  ...[
    '',
    '; client_no_context_takeover',
    '; server_no_context_takeover',
    '; client_max_window_bits=15',
    '; client_max_window_bits=9',
    '; server_max_window_bits=15',
    '; server_max_window_bits=15; client_no_context_takeover; server_no_context_takeover',
    '; odd=1',
  ].map((parameters) => {
    const framing = deflated(/server_no/.test(parameters) ? 'alone' : 'together')
    return socketRow(
      `deflated frames${parameters && ` with ${parameters.slice(2)}`}`,
      warmSocket([], `${DEFLATE}${parameters}`, framing).concat(framing(HELLO_MESSAGES)),
    )
  }),
  socketRow(
    'deflated frames that take no window from each other',
    warmSocket(deflated('alone')(HELLO_MESSAGES), DEFLATE, deflated('alone')),
  ),
  socketRow('plain frames on a socket that takes deflate', warmSocket(HELLO, DEFLATE)),
  socketRow(
    'a deflated frame that nobody agreed on',
    warmSocket([atOnce(...deflated('alone')(HELLO_MESSAGES))]),
  ),
  socketRow(
    'a deflated frame that is broken',
    warmSocket([frame('no deflate at all', { isDeflated: true })], DEFLATE),
  ),
  socketRow(
    'a deflated message in fragments',
    warmSocket(fragmentedDeflate(), DEFLATE, deflated('alone')),
  ),
  socketRow(
    'every message in fragments of 7 bytes',
    warmSocket(HELLO_MESSAGES.flatMap((text) => fragments(text, 7))),
  ),
  socketRow(
    'a fragment of no bytes',
    warmSocket([
      frame(FIRST, { isLast: false }),
      frame('', { opcode: CONTINUATION }),
      ...plain(OTHERS),
    ]),
  ),
  socketRow(
    'pings between fragments',
    warmSocket(
      fragments(FIRST, 64)
        .flatMap((one) => [one, frame('p', { opcode: PING })])
        .concat(plain(OTHERS)),
    ),
  ),
  socketRow(
    'a ping and its pong',
    warmSocket([frame('are you there', { opcode: PING }), PONG, ...HELLO]),
  ),
  socketRow('a ping without words', warmSocket([frame('', { opcode: PING }), PONG, ...HELLO])),
  socketRow(
    'a ping of 125 bytes',
    warmSocket([frame('x'.repeat(125), { opcode: PING }), PONG, ...HELLO]),
  ),
  socketRow(
    'a ping of 126 bytes',
    warmSocket([atOnce(frame('x'.repeat(126), { opcode: PING }), ...HELLO)]),
  ),
  socketRow(
    'a ping in fragments',
    warmSocket([atOnce(frame('x', { opcode: PING, isLast: false }), ...HELLO)]),
  ),
  socketRow(
    'many pings',
    warmSocket([
      ...Array.from({ length: 50 }, (_, n) => frame(`${n}`, { opcode: PING })),
      PONG,
      ...HELLO,
    ]),
  ),
  socketRow(
    'a pong that nobody asked for',
    warmSocket([frame('x', { opcode: PONG_FRAME }), ...HELLO]),
  ),
  socketRow('a ping before the first answer', [
    accept(),
    MESSAGE,
    frame('x', { opcode: PING }),
    PONG,
    ...plain(WARMED),
    MESSAGE,
    ...HELLO,
  ]),
  socketRow(
    'binary frames',
    warmSocket([atOnce(...HELLO_MESSAGES.map((text) => frame(text, { opcode: BINARY })))]),
  ),
  socketRow(
    'a binary frame between',
    warmSocket([
      atOnce(frame(FIRST), frame(Buffer.of(0, 1, 2), { opcode: BINARY }), ...plain(OTHERS)),
    ]),
  ),
  socketRow(
    'a frame of a reserved opcode',
    warmSocket([atOnce(frame('x', { opcode: 3 }), ...HELLO)]),
  ),
  socketRow(
    'a control frame of a reserved opcode',
    warmSocket([atOnce(frame('x', { opcode: 11 }), ...HELLO)]),
  ),
  socketRow(
    'a frame with a reserved bit',
    warmSocket([atOnce(Buffer.of(0x80 | 0x20 | 1, 1, 120), ...HELLO)]),
  ),
  socketRow(
    'masked frames',
    warmSocket([atOnce(...HELLO_MESSAGES.map((text) => frame(text, { mask: true })))]),
  ),
  socketRow(
    'a continuation of nothing',
    warmSocket([atOnce(frame('x', { opcode: CONTINUATION }), ...HELLO)]),
  ),
  socketRow(
    'a message inside of a message',
    warmSocket([atOnce(frame(FIRST, { isLast: false }), ...plain(OTHERS))]),
  ),
  socketRow(
    'a length that is longer than it need be',
    warmSocket([longLength(FIRST), ...plain(OTHERS)]),
  ),
  socketRow(
    'a length over 63 bits',
    warmSocket([atOnce(Buffer.of(0x81, 127), Buffer.alloc(8, 0xff), ...HELLO)]),
  ),
  socketRow('an empty message', warmSocket([frame(''), ...HELLO])),
  socketRow('a message that is not JSON', warmSocket([frame('{"type":'), ...HELLO])),
  socketRow(
    'a message that is no UTF-8',
    warmSocket([atOnce(frame(Buffer.of(0x22, 0xff, 0xfe, 0x22)), ...HELLO)]),
  ),
  socketRow('a character cut by fragments', warmSocket(cutCharacter())),
  socketRow(
    'an event that nobody knows',
    warmSocket([frame('{"type":"response.odd","x":1}'), ...HELLO]),
  ),
  socketRow(
    'limits of the account',
    warmSocket([
      frame(
        '{"type":"codex.rate_limits","rate_limits":{"primary":{"used_percent":12.5,"window_minutes":300,"reset_at":1900000000}}}',
      ),
      ...HELLO,
    ]),
  ),
  ...[125, 126, 127, 65535, 65536, 65537, 1 << 20].map((bytes) =>
    socketRow(`a message of ${bytes} bytes`, warmSocket([frame(padded(bytes)), ...HELLO])),
  ),
  socketRow('a message of 20 MB', warmSocket([frame(padded(20 << 20)), ...HELLO])),
  socketRow('frames cut anywhere', warmSocket(cut(Buffer.concat(HELLO), 13))),
  socketRow('all frames in one piece', warmSocket([atOnce(...HELLO)])),
  socketRow('frames in one piece with the head', [
    (request) =>
      Buffer.concat([Buffer.from(accept()(request)), frame('early', { opcode: PONG_FRAME })]),
    MESSAGE,
    ...plain(WARMED),
    MESSAGE,
    ...HELLO,
  ]),
]

/** An unknown event of this many bytes. */
function padded(bytes: number): string {
  const begin = '{"type":"response.odd","x":"'
  return `${begin}${'x'.repeat(bytes - begin.length - 2)}"}`
}

/** RFC 6455 requires the shortest encoding of a length; this is the longest. */
function longLength(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(bytes.length))
  return Buffer.concat([Buffer.of(0x81, 127), length, bytes])
}

function fragmentedDeflate(): Step[] {
  const deflate = new MessageDeflate()
  return HELLO_MESSAGES.flatMap((text) => fragments(deflate.deflate(text), 20, true))
}

function cutCharacter(): Step[] {
  const event = Buffer.from('{"type":"response.odd","x":"Grüße 🙂"}')
  const inside = event.indexOf('🙂') + 2
  return [
    frame(event.subarray(0, inside), { isLast: false }),
    frame(event.subarray(inside), { opcode: CONTINUATION }),
    ...HELLO,
  ]
}

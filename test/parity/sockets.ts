import { cut, messagesOf, SAYS_HELLO } from './answers.js'
import { type Row, WITH_SOCKETS } from './row.js'
import { MESSAGE, type Reply, type Step } from './steps.js'
import { accept, CONTINUATION, frame, MessageDeflate } from './websocket-frames.js'

/** The API's messages in reply to a prewarm: no output, and completion. */
export const WARMED = [0, -1].map((at) => messagesOf({ deltas: 0 }, 'warm').at(at) ?? '')

/** The API's messages of the short answer. */
export const HELLO_MESSAGES = messagesOf({ text: 'Hello.', deltas: 2 })

/** Turns the API's messages into steps, one per message. */
export type Framing = (messages: readonly string[]) => readonly Buffer[]

export const plain: Framing = (messages) => messages.map((text) => frame(text))

/** Each message compressed, with the window of those before it unless `alone` is set. */
export function deflated(how: 'together' | 'alone'): Framing {
  const together = new MessageDeflate()
  return (messages) =>
    messages.map((text) => {
      const deflate = how === 'together' ? together : new MessageDeflate()
      return frame(deflate.deflate(text), { isDeflated: true })
    })
}

/**
 * Accepts a socket, answers its prewarm, and then follows these steps for the first turn's message.
 */
export function warmSocket(answer: readonly Step[], extensions?: string, framing = plain): Reply {
  return [accept(extensions), MESSAGE, ...framing(WARMED), MESSAGE, ...answer]
}

/** A row with one socket for the whole turn. */
export function socketRow(what: string, upgrade: Reply, provider?: string): Row {
  return {
    title: `a socket carries ${what}`,
    // If the socket is abandoned, the turn continues over HTTP.
    upstream: { replies: [SAYS_HELLO], upgrades: [upgrade] },
    provider: `${WITH_SOCKETS}\n${provider ?? ''}`,
  }
}

/** One message in frames of this many bytes. */
export function fragments(text: string | Uint8Array, size: number, isDeflated = false): Step[] {
  const pieces = cut(Buffer.from(text), size)
  return pieces.map((piece, index) =>
    frame(piece, {
      isLast: index === pieces.length - 1,
      isDeflated: isDeflated && index === 0,
      ...(index > 0 && { opcode: CONTINUATION }),
    }),
  )
}

/**
 * Frames in one write: an agent that gives up at the first has already received all of them, or
 * none.
 */
export function atOnce(...frames: readonly Buffer[]): Buffer {
  return Buffer.concat(frames)
}

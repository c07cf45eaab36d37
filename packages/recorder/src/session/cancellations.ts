import type { Attributes } from '@opentelemetry/api'
import type { Conversation } from '../exchange/request-head.js'
import { ATTRIBUTE_CHARACTERS } from '../limits.js'
import { OpenSpans, type SpanSource } from './open-spans.js'

/** Where the wish to stop came from. */
export type CancellationOrigin = 'user' | 'approval' | 'signal' | 'timeout' | 'host'

/** Somebody or something wishes that a conversation stops what it is doing. */
export type Wish = {
  origin: CancellationOrigin
  /** What was done: `turn/interrupt`, `SIGINT`, `the agent hung up` … */
  reason: string
  conversation: Conversation
  at: number
}

/** An exchange that was stopped: its moments, and how much of the answer had arrived. */
export type StoppedExchange = {
  spanId: string
  conversation: Conversation
  /** The agent closed its connection. */
  signalledAt: number
  /** The last byte of the answer arrived; not there where none did. */
  lastByteAt: number | undefined
  /** The connection to the API is released. */
  releasedAt: number
  bytes: number
  /** Not there where they are not known, as with the two below. */
  events: number | undefined
  textLength: number | undefined
  outputTokens: number | undefined
  /** What stopped it where nobody wished it. */
  otherwise: Pick<Wish, 'origin' | 'reason'>
}

export type CancellationsOptions = SpanSource & {
  traceId: () => string
  /** How long after what they stop wishes are heard of; left out where they are heard of first. */
  lateWishMilliseconds?: number | undefined
}

/**
 * The `cancellation` spans of a session: from the wish to the release of what it stopped. A wish
 * covers one turn; an exchange that the agent drops without any is a wish of the host's own.
 */
export class Cancellations {
  readonly #options: CancellationsOptions
  readonly #open: OpenSpans
  /** How many exchanges of a turn have not ended. */
  readonly #inFlight = new Map<string, number>()
  /** How much had arrived of what a wish has stopped so far. */
  readonly #arrived = new Map<string, Arrived>()
  /** When turns ended whose exchanges are still to be released. */
  readonly #turnEnds = new Map<string, number>()
  /** What was stopped by nobody's wish that is known yet. */
  #held: StoppedExchange[] = []

  constructor(options: CancellationsOptions) {
    this.#options = options
    this.#open = new OpenSpans(options.startSpan)
  }

  /** A second wish for what is being stopped already changes nothing. */
  wish(wish: Wish): void {
    const held = this.#held.filter((one) => keyOf(one.conversation) === keyOf(wish.conversation))
    this.#held = this.#held.filter((one) => !held.includes(one))
    // What it stopped cannot have been before it.
    this.#start({ ...wish, at: Math.min(wish.at, ...held.map((one) => one.signalledAt)) })
    for (const stopped of held) this.#stop(stopped)
  }

  #start({ origin, reason, conversation, at }: Wish): void {
    const { parentFor, attributesFor } = this.#options
    if (!this.isWished(conversation)) this.#arrived.delete(keyOf(conversation))
    this.#open.start(keyOf(conversation), {
      name: 'cancellation',
      parentSpanId: parentFor(conversation),
      at,
      attributes: {
        'tacho.cancellation.origin': origin,
        'tacho.cancellation.reason': reason.slice(0, ATTRIBUTE_CHARACTERS),
        ...attributesFor(conversation),
      },
    })
  }

  /** Whether somebody wishes that this conversation stops. */
  isWished(conversation: Conversation): boolean {
    return this.#open.spanIdOf(keyOf(conversation)) !== undefined
  }

  /** An exchange was stopped, by the wish that is open or by the agent of its own accord. */
  exchangeStopped(stopped: StoppedExchange): void {
    const { lateWishMilliseconds } = this.#options
    if (lateWishMilliseconds === undefined || this.isWished(stopped.conversation)) {
      this.#stop(stopped)
      return
    }
    this.#held.push(stopped)
    setTimeout(() => this.#stopUnwished(stopped), lateWishMilliseconds).unref()
  }

  #stopUnwished(stopped: StoppedExchange): void {
    if (!this.#held.includes(stopped)) return
    this.#held = this.#held.filter((one) => one !== stopped)
    this.#stop(stopped)
  }

  #stop(stopped: StoppedExchange): void {
    const { conversation, signalledAt, lastByteAt, releasedAt } = stopped
    const isWished = this.isWished(conversation)
    if (!isWished) {
      this.#start({ ...stopped.otherwise, conversation, at: signalledAt })
    }
    const key = keyOf(conversation)
    this.#open.event(key, 'signalled', signalledAt)
    if (lastByteAt !== undefined) this.#open.event(key, 'last_byte', lastByteAt)
    this.#open.event(key, 'released', releasedAt)
    this.stopped(conversation, stopped.spanId)
    const attributes = this.#arrivedBy(key, stopped)
    // With a wish the turn's end is still to come; without one this was all.
    if (isWished) this.#open.set(key, attributes)
    else this.#open.end(key, releasedAt, attributes)
  }

  /** How much had arrived of all that one wish stopped. */
  #arrivedBy(key: string, stopped: StoppedExchange): Attributes {
    const before = this.#arrived.get(key)
    const arrived = {
      bytes: stopped.bytes + (before?.bytes ?? 0),
      events: sumOf(stopped.events, before?.events),
      textLength: sumOf(stopped.textLength, before?.textLength),
      outputTokens: sumOf(stopped.outputTokens, before?.outputTokens),
    }
    this.#arrived.set(key, arrived)
    return {
      'tacho.cancellation.bytes': arrived.bytes,
      ...(arrived.events !== undefined && { 'tacho.cancellation.events': arrived.events }),
      ...(arrived.textLength !== undefined && {
        'tacho.cancellation.text_length': arrived.textLength,
      }),
      ...(arrived.outputTokens !== undefined && {
        'gen_ai.usage.output_tokens': arrived.outputTokens,
      }),
    }
  }

  /** Links what a wish stopped. */
  stopped(conversation: Conversation, spanId: string): void {
    this.#open.link(keyOf(conversation), this.#options.traceId(), spanId)
  }

  /**
   * The turn that was to stop has ended. The agent may tell so before the connections of that turn
   * are released, and the cancellation lasts until they are.
   */
  turnEnded(conversation: Conversation, at: number): void {
    const key = keyOf(conversation)
    if (this.#inFlight.has(key)) this.#turnEnds.set(key, at)
    else this.#open.end(key, at)
  }

  exchangeStarted(conversation: Conversation): void {
    const key = keyOf(conversation)
    this.#inFlight.set(key, (this.#inFlight.get(key) ?? 0) + 1)
  }

  exchangeEnded(conversation: Conversation, at: number): void {
    const key = keyOf(conversation)
    const others = (this.#inFlight.get(key) ?? 1) - 1
    if (others > 0) {
      this.#inFlight.set(key, others)
      return
    }
    this.#inFlight.delete(key)
    const turnEnd = this.#turnEnds.get(key)
    if (turnEnd === undefined) return
    this.#turnEnds.delete(key)
    this.#open.end(key, Math.max(turnEnd, at))
  }

  endAll(at: number): void {
    for (const stopped of [...this.#held]) this.#stopUnwished(stopped)
    for (const key of this.#open.keys()) this.#open.end(key, at)
  }
}

type Arrived = Pick<StoppedExchange, 'bytes' | 'events' | 'textLength' | 'outputTokens'>

function sumOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : one + (other ?? 0)
}

function keyOf({ threadId, turnId }: Conversation): string {
  return `${threadId ?? ''} ${turnId ?? ''}`
}

import { type Attributes, encodeAttributes, spanName, withAttributes } from '@tacho/format'
import { type Conversation, conversationKey } from '../conversation.js'
import type { SpanBook } from '../spans/span-book.js'
import type { Deadlines } from './deadlines.js'
import type { Places } from './places.js'
import type { Turns } from './turns.js'

/** Where the request to cancel came from. */
export const CANCELLATION_ORIGINS = ['user', 'approval', 'signal', 'timeout', 'host'] as const

export type CancellationOrigin = (typeof CANCELLATION_ORIGINS)[number]

/** A request, from a person or a program, to stop what a conversation is doing. */
export type CancelRequest = {
  origin: CancellationOrigin
  /** What was done: `turn/interrupt`, `SIGINT`, `the agent hung up` … */
  reason: string
  conversation: Conversation
  at: number
}

/** An exchange that was stopped: the times, and how much of the answer had arrived. */
export type StoppedExchange = {
  spanId: string
  conversation: Conversation
  /** The agent closed its connection. */
  signalledAt: number
  /** The last byte of the answer arrived; absent if none did. */
  lastByteAt: number | undefined
  /** The connection to the API was released. */
  releasedAt: number
  bytes: number
  /** Absent if unknown. */
  events: number | undefined
  textLength: number | undefined
  outputTokens: number | undefined
  /**
   * The answer is an error, and the agent dropped the rest of it. By itself that cancels nothing.
   */
  isDroppedError: boolean
  /** What stopped it, if nobody asked for it. */
  otherwise: Pick<CancelRequest, 'origin' | 'reason'>
}

type Arrived = Pick<StoppedExchange, 'bytes' | 'events' | 'textLength' | 'outputTokens'>

/** An open request: what it stops has not ended. */
type Open = {
  spanId: string
  /** How much of the answers it has stopped so far had arrived. */
  arrived: Arrived | undefined
  /** When the last of those was released. */
  releasedAt: number
}

export type CancellationsOptions = {
  spans: SpanBook
  places: Places
  turns: Turns
  deadlines: Deadlines
  /**
   * How long after an exchange has stopped the request to stop it may arrive, in milliseconds; 0 if
   * the request always comes first.
   */
  lateCancelMilliseconds: number
}

/**
 * What was stopped before its natural end: one `cancellation` span each, from the request to the
 * release of what it stopped. A request covers one turn. An exchange that the agent drops without a
 * request is cancelled by the host, unless it is an error: SDKs drop an error's body and retry.
 */
export class Cancellations {
  readonly #options: CancellationsOptions
  readonly #open = new Map<string, Open>()
  readonly #counts = new Map<string, number>()
  /** How many exchanges of a turn are in flight. */
  readonly #inFlight = new Map<string, number>()
  /** When those turns ended whose exchanges are still to be released. */
  readonly #turnEnds = new Map<string, number>()
  /** Exchanges that were stopped, as yet without a known request. */
  #held: StoppedExchange[] = []

  constructor(options: CancellationsOptions) {
    this.#options = options
  }

  /** Requests a cancellation. Does nothing if the turn is over or is already being stopped. */
  request(request: CancelRequest): void {
    const key = conversationKey(request.conversation)
    const held = this.#held.filter((one) => conversationKey(one.conversation) === key)
    const isInFlight = held.length > 0 || this.#inFlight.has(key)
    if (this.#options.turns.isOver(request.conversation.turnId) && !isInFlight) return
    this.#held = this.#held.filter((one) => !held.includes(one))
    // The request cannot be later than what it stopped.
    this.#start({ ...request, at: Math.min(request.at, ...held.map((one) => one.signalledAt)) })
    for (const stopped of held) this.#stop(stopped)
  }

  /** Returns whether a request to stop this conversation is open. */
  isRequested(conversation: Conversation): boolean {
    return this.#open.has(conversationKey(conversation))
  }

  /** An exchange was stopped, either by the open request or by the agent itself. */
  exchangeStopped(stopped: StoppedExchange): void {
    const { lateCancelMilliseconds, deadlines } = this.#options
    this.#held.push(stopped)
    if (lateCancelMilliseconds === 0 || this.isRequested(stopped.conversation)) {
      this.#stopHeld(stopped)
      return
    }
    deadlines.at(stopped.releasedAt + lateCancelMilliseconds * 1000, () => this.#stopHeld(stopped))
  }

  /** Links the cancellation to something it stopped. */
  stopped(conversation: Conversation, spanId: string): void {
    const open = this.#open.get(conversationKey(conversation))
    if (open !== undefined) this.#options.spans.link(open.spanId, spanId)
  }

  /**
   * The turn to be stopped has ended. Agents may say so before the connections of that turn are
   * released, and the cancellation lasts until they are.
   */
  turnEnded(conversation: Conversation, at: number): void {
    const key = conversationKey(conversation)
    if (this.#inFlight.has(key)) this.#turnEnds.set(key, at)
    else this.#end(key, at)
  }

  exchangeStarted(conversation: Conversation): void {
    const key = conversationKey(conversation)
    // The agent tries again, so a request from now on is not why it dropped that error.
    this.#held = this.#held.filter(
      (one) => !one.isDroppedError || conversationKey(one.conversation) !== key,
    )
    this.#inFlight.set(key, (this.#inFlight.get(key) ?? 0) + 1)
  }

  exchangeEnded(conversation: Conversation, at: number): void {
    const key = conversationKey(conversation)
    const others = (this.#inFlight.get(key) ?? 1) - 1
    if (others > 0) {
      this.#inFlight.set(key, others)
      return
    }
    this.#inFlight.delete(key)
    const turnEnd = this.#turnEnds.get(key)
    if (turnEnd === undefined) return
    this.#turnEnds.delete(key)
    this.#end(key, Math.max(turnEnd, at))
  }

  endAll(at: number): void {
    for (const stopped of [...this.#held]) this.#stopHeld(stopped)
    for (const key of [...this.#open.keys()]) this.#end(key, at)
  }

  #start({ origin, reason, conversation, at }: CancelRequest): Open {
    const { spans, places, turns } = this.#options
    const key = conversationKey(conversation)
    const known_ = this.#open.get(key)
    if (known_ !== undefined) return known_
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    const spanId = spans.idOf('cancellation', `${key} ${count}`)
    const open: Open = { spanId, arrived: undefined, releasedAt: at }
    this.#open.set(key, open)
    spans.start({
      spanId,
      parentSpanId: turns.within(conversation, at),
      name: spanName('cancellation'),
      at,
      attributes: withAttributes(
        encodeAttributes('cancellation', { origin, reason }),
        places.attributes(conversation),
      ),
    })
    return open
  }

  #stopHeld(stopped: StoppedExchange): void {
    if (!this.#held.includes(stopped)) return
    this.#held = this.#held.filter((one) => one !== stopped)
    if (this.isRequested(stopped.conversation) || !stopped.isDroppedError) this.#stop(stopped)
  }

  #stop(stopped: StoppedExchange): void {
    const { spans } = this.#options
    const { conversation, signalledAt, lastByteAt, releasedAt } = stopped
    const isRequested = this.isRequested(conversation)
    const open = this.#start({ ...stopped.otherwise, conversation, at: signalledAt })
    spans.event(open.spanId, 'signalled', signalledAt)
    if (lastByteAt !== undefined) spans.event(open.spanId, 'last_byte', lastByteAt)
    spans.event(open.spanId, 'released', releasedAt)
    spans.link(open.spanId, stopped.spanId)
    open.arrived = together(stopped, open.arrived)
    open.releasedAt = Math.max(open.releasedAt, releasedAt)
    spans.set(open.spanId, attributesOf(open.arrived))
    // If there was a request, the turn's end is still to come; otherwise this was all.
    if (!isRequested) this.#end(conversationKey(conversation), releasedAt)
  }

  #end(key: string, at: number): void {
    const open = this.#open.get(key)
    if (open === undefined) return
    this.#open.delete(key)
    this.#options.spans.end(open.spanId, Math.max(at, open.releasedAt))
  }
}

/** Adds up what had arrived of all that one request stopped. */
function together(one: Arrived, other: Arrived | undefined): Arrived {
  return {
    bytes: one.bytes + (other?.bytes ?? 0),
    events: sumOf(one.events, other?.events),
    textLength: sumOf(one.textLength, other?.textLength),
    outputTokens: sumOf(one.outputTokens, other?.outputTokens),
  }
}

function attributesOf({ bytes, events, textLength, outputTokens }: Arrived): Attributes {
  return encodeAttributes('cancellation', { bytes, events, textLength, outputTokens })
}

function sumOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : one + (other ?? 0)
}

import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Conversation, Exchange, Recording } from '@tacho/recorder'
import { FaultBarrier } from '@tacho/recorder'
import { type Listener, listenOnLoopback } from '../../network/listen.js'
import type { Network } from '../../network/network.js'
import type { Peers } from '../../network/peer.js'
import { UnfinishedHeads } from '../../network/unfinished-heads.js'
import type { LateRecording } from '../late-recording.js'
import { FirstRequest } from './first-request.js'
import { type Guard, guardOf } from './guard.js'
import type { HttpEvent, Seen } from './http-event.js'
import { Outage } from './outage.js'
import { type Beginning, RecordedConnection } from './recorded-connection.js'
import { Relay } from './relay.js'
import { Routes } from './routes.js'
import type { RequestHead } from './wire/message-head.js'

export type HttpTapOptions = {
  late: LateRecording
  /** Decides who may connect. */
  peers: Peers
  /**
   * Returns where a request goes; depends on its headers if the agent has two upstreams (Codex by
   * its login).
   */
  upstream: (request: Pick<RequestHead, 'headers'>) => URL
  /** The path given to the agent in place of the upstream's. */
  base: string
  /** `Basic …`, from the user and password in the upstream's URL. */
  authorization?: string | undefined
  provider: string
  /** Whether the agent's first request opens a WebSocket. */
  speaksOverSocket?: boolean
  /** After how many milliseconds without a byte the agent gives up. */
  idleTimeout?: number | undefined
  network: Network
  /**
   * Returns what a request says about its conversation, in its head and the first bytes of its
   * body.
   */
  conversationOf: (
    request: Pick<RequestHead, 'headers' | 'target'>,
    body?: Uint8Array,
  ) => Conversation
  /** Whether that needs the body too. */
  needsBody?: boolean | undefined
  /** Returns what a WebSocket message says about it, in addition to its upgrade. */
  conversationOfMessage: (message: Record<string, unknown>, upgrade: Conversation) => Conversation
  /**
   * Matches paths that the agent requests only because it is recorded: they are answered with 404,
   * do not reach the upstream, and are not exchanges.
   */
  declines?: (path: string) => boolean
  /** Shows the user a sentence, once. */
  tell?: (sentence: string) => void
  /** Called when an exchange begins and when it ends. */
  onExchange?: (conversation: Conversation, recording: Recording) => void
  /** Called with the id of each tool call in an answer, and the conversation of its request. */
  onToolCall?: (conversation: Conversation, callId: string) => void
}

// How much may wait in the socket to the agent before the upstream must wait. With Node's 16 KiB,
// each side would be idle while the other works.
const SOCKET_BYTES = 1024 * 1024

/** A relay on the loopback between an agent and its model API that records what passes. */
export class HttpTap {
  readonly #options: HttpTapOptions
  #listener: Listener | undefined
  readonly #outage: Outage
  readonly #heads = new UnfinishedHeads()
  readonly #relays = new Set<Relay>()
  readonly #recorded = new Set<RecordedConnection>()
  #guard: Guard = () => ({ refusal: 403 })
  readonly #harmless: FaultBarrier
  readonly #routes: Routes
  /** If peers cannot be identified, only the agent knows this. */
  readonly #secret: string
  readonly #open = new Map<Exchange, Conversation>()
  #connections = 0

  private constructor(options: HttpTapOptions) {
    this.#options = options
    const { late, upstream, base, peers, network } = options
    const secret = peers.canTell ? undefined : randomBytes(32).toString('base64url')
    if (secret !== undefined) late.with(({ scrubber }) => scrubber.learn(secret, 'tap'))
    this.#secret = secret === undefined ? '' : `/${secret}`
    this.#harmless = new FaultBarrier((part, cause) =>
      late.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
    this.#routes = new Routes({ secret: this.#secret, base, upstream })
    this.#outage = new Outage({
      network,
      refuse: () => void this.#listener?.refuse(),
      accept: () =>
        this.#listener?.accept().catch((error: Error) => late.log('error', 'tacho', error.message)),
      log: (level, words) => late.log(level, 'tacho', words),
    })
  }

  /** Starts listening on 127.0.0.1, on a port that the system chooses. */
  static async start(options: HttpTapOptions): Promise<HttpTap> {
    const tap = new HttpTap(options)
    tap.#listener = await listenOnLoopback({
      peers: options.peers,
      highWaterMark: SOCKET_BYTES,
      onConnection: (socket) => tap.#take(socket),
      onTrouble(sentence) {
        options.late.log('warn', 'tacho', sentence)
        options.tell?.(`${sentence}.`)
      },
    })
    tap.#guard = guardOf(tap.port)
    return tap
  }

  /**
   * Connects to the upstream that the agent is about to call; resolves when it is known whether it
   * can be reached.
   */
  connectAhead({ origin }: URL): Promise<void> {
    const { speaksOverSocket } = this.#options
    return this.#outage.ahead(speaksOverSocket ? origin.replace(/^http/, 'ws') : origin)
  }

  get port(): number {
    return this.#listener?.port ?? 0
  }

  /** The base URL to give to the agent in place of its own. */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}${this.#secret}${this.#options.base}`
  }

  /** Ends what is open and stops listening. */
  async close(): Promise<void> {
    const recording = await this.#options.late.ready
    this.#outage.close()
    for (const relay of this.#relays) relay.close()
    this.#listener?.close()
    recording?.later.settleAll()
    await Promise.all([...this.#recorded].map((recorded) => recorded.drained()))
    // Exchanges whose two sides are gone and that have not ended.
    for (const exchange of this.#open.keys())
      this.#harmless.do('exchange', () => exchange.end({ state: 'cancelled' }))
  }

  #take(agent: Socket): void {
    agent.on('error', () => {})
    const { network, declines = () => false, authorization } = this.#options
    const observer = this.#lateObserver()
    const relay: Relay = new Relay({
      agent,
      network,
      routes: this.#routes,
      authorization,
      admit: (head) => this.#guard(head, this.#secret),
      declines,
      settleOverdue: observer.settleOverdue,
      untilRecorded: () => this.#untilRecorded(observer),
      heads: this.#heads,
      overHttp2: (origin, request) => this.#overHttp2(origin, observer, request),
      onUnreachable: (origin, error) => this.#outage.begin(origin, error),
      canReach: (origin) => this.#outage.canReach(origin),
      spare: (origin) => this.#outage.spare(origin),
      tell: (seen) => {
        observer.tell(seen)
        if (seen.kind === 'closed') this.#relays.delete(relay)
      },
    })
    this.#relays.add(relay)
  }

  /**
   * Loaded only for an API that speaks nothing else: other agents do not wait for undici to load.
   */
  async #overHttp2(
    origin: string,
    observer: Observer,
    request: () => number | undefined,
  ): Promise<Duplex> {
    const { openHttp2Bridge } = await import('./http2.js')
    // Bytes being read are reported only after they are forwarded.
    const send = (work: () => void) => queueMicrotask(() => observer.within(request(), work))
    return openHttp2Bridge(this.#options.network, origin, send)
  }

  /**
   * A request that carries something must be on disk before its answer arrives, so the answer waits
   * for the recording, which opens while the model thinks.
   */
  #untilRecorded({ settle }: Observer): Promise<void> | undefined {
    const { late } = this.#options
    return late.isOpen || !late.isWanted ? undefined : late.ready.then(settle)
  }

  /** Hands on what a relay sees; until the recording is open, that waits. */
  #lateObserver(): Observer {
    const { late } = this.#options
    let observer: Observer | undefined
    const first = new FirstRequest()
    late.with((recording) => {
      observer = this.#observer(recording)
    })
    return {
      settle: () => observer?.settle(),
      settleOverdue: () => observer?.settleOverdue(),
      within(request, work) {
        if (observer !== undefined) observer.within(request, work)
        else void late.ready.then(() => (observer ?? UNRECORDED).within(request, work))
      },
      tell(seen) {
        if (observer !== undefined) observer.tell(seen)
        else late.with(() => observer?.tell(seen))
        if (!late.isWanted && first.hasPassed(seen)) late.want()
      },
    }
  }

  #observer(recording: Recording): Observer {
    this.#connections += 1
    const connection = this.#connections
    const recorded = this.#recordedConnection(recording)
    this.#recorded.add(recorded)
    const lane = recording.later.lane()
    return {
      settle: lane.settle,
      settleOverdue: lane.settleOverdue,
      within(request, work) {
        lane.settle()
        const exchange = request === undefined ? undefined : recorded.exchangeOf(request)
        if (exchange === undefined) {
          work()
          return
        }
        let isDone = false
        const once = () => {
          if (!isDone) work()
          isDone = true
        }
        // The request is sent whether or not its span can be made.
        recording.withUndici(exchange, once).catch(once)
      },
      tell: (seen) => {
        if (seen.kind === 'request-head') recording.later.awaits(recorded)
        else if (seen.kind === 'response-head' || seen.kind === 'closed')
          recording.later.hasCome(recorded)
        const event: HttpEvent = { ...seen, at: recording.now(), connection }
        const take = () => {
          this.#harmless.do('the HTTP tap', () => recorded.take(event))
          if ('dealtWith' in seen) seen.dealtWith?.()
        }
        lane.do(take, heldBy(seen))
        if (seen.kind !== 'closed') return
        lane.do(() => void recorded.drained().then(() => this.#recorded.delete(recorded)))
      },
    }
  }

  #recordedConnection(recording: Recording): RecordedConnection {
    const { conversationOf, conversationOfMessage, needsBody } = this.#options
    return new RecordedConnection({
      conversationOf,
      conversationOfMessage,
      needsBody,
      begin: (beginning, at) => this.#begin(recording, beginning, at),
      onEnd: (exchange) => this.#noteEnd(recording, exchange),
      quietly: (work) => this.#harmless.do('the HTTP tap', work),
    })
  }

  #begin(recording: Recording, beginning: Beginning, at: number): Exchange {
    const { provider, idleTimeout, onExchange, onToolCall } = this.#options
    const { conversation } = beginning
    const heard =
      onToolCall &&
      ((callId: string) =>
        this.#harmless.do('the HTTP tap', () => onToolCall(conversation, callId)))
    const head = { ...beginning, provider, idleTimeout, onToolCall: heard }
    const exchange = recording.exchange(head, at)
    this.#open.set(exchange, conversation)
    exchange.begin()
    // None of this is needed before the agent's bytes are on their way.
    if (onExchange !== undefined)
      recording.later.defer(() =>
        this.#harmless.do('the HTTP tap', () => onExchange(conversation, recording)),
      )
    return exchange
  }

  #noteEnd(recording: Recording, exchange: Exchange): void {
    const conversation = this.#open.get(exchange)
    this.#open.delete(exchange)
    if (conversation !== undefined) this.#options.onExchange?.(conversation, recording)
  }
}

/** What happens with what a relay saw. */
type Observer = {
  tell: (seen: Seen) => void
  /** Records now what was seen. */
  settle: () => void
  /** The same, if it has waited for some milliseconds. */
  settleOverdue: () => void
  /** Runs work whose HTTP requests, made with undici, belong to a request of the agent's. */
  within: (request: number | undefined, work: () => void) => void
}

/** Returns how many bytes of memory an event keeps: for reused memory, the whole buffer. */
function heldBy(seen: Seen): number {
  if ('dealtWith' in seen) return seen.parts[0]?.buffer.byteLength ?? 0
  if ('parts' in seen) return seen.parts.reduce((sum, part) => sum + part.length, 0)
  return 'bytes' in seen ? seen.bytes.length : 0
}

const UNRECORDED: Pick<Observer, 'within'> = {
  within: (_request, work) => work(),
}

import { type Attributes, encodeAttributes, spanName, withAttributes } from '@tacho/format'
import type { Conversation } from '../conversation.js'
import { HostReducer } from '../host/host-reducer.js'
import type {
  ExchangeEnded,
  ExchangeObservation,
  ExchangeStarted,
  Observation,
  Observed,
} from '../observation.js'
import { SpanBook } from '../spans/span-book.js'
import type { Emit } from '../spans/span-change.js'
import { Approvals } from './approvals.js'
import { Cancellations } from './cancellations.js'
import { Deadlines } from './deadlines.js'
import { Places } from './places.js'
import { type ToolEnd, Tools } from './tools.js'
import { type TurnEnd, Turns } from './turns.js'

/** Reduces what only one agent says. */
export type AgentReducer = {
  observe(observation: Observation): void
  /**
   * Returns the place of an exchange that does not name its turn; undefined if it is not known
   * either.
   */
  placeOf?(
    conversation: Conversation,
    started: Observed<'exchange-started'>,
  ): Conversation | undefined
}

export type SessionReducerOptions = {
  sessionId: string
  /** The span of the run. */
  runId: string
  agent: string
  /**
   * Makes the reducer for what this agent says; absent for an agent of which only the requests are
   * understood.
   */
  agentReducer?: ((session: SessionReducer) => AgentReducer) | undefined
  emit: Emit
}

/**
 * Turns what the taps saw of one run of a session into its meaning: turns, exchanges, tools,
 * approvals and cancellations, as spans. It has no clock and no disk: the same observations in the
 * same order give the same spans.
 */
export class SessionReducer {
  readonly spans: SpanBook
  readonly places: Places
  readonly deadlines = new Deadlines()
  readonly turns: Turns
  readonly tools: Tools
  readonly approvals: Approvals
  #cancellations: Cancellations
  readonly #agent: string
  readonly #host: HostReducer
  readonly #agentReducer: AgentReducer | undefined
  /** Places of exchanges that are in flight and do not name their turn. */
  readonly #placesOfExchanges = new Map<string, Conversation>()
  #run: Observed<'run-started'> | undefined

  constructor({ sessionId, runId, agent, agentReducer, emit }: SessionReducerOptions) {
    this.#agent = agent
    this.spans = new SpanBook(runId, emit)
    this.places = new Places(sessionId, runId)
    const { spans, places } = this
    this.turns = new Turns({ spans, places, agent })
    this.tools = new Tools({ spans, places, turns: this.turns })
    this.approvals = new Approvals({ spans, places, turns: this.turns, tools: this.tools })
    this.#cancellations = this.#cancelling(0)
    this.#host = new HostReducer(this)
    this.#agentReducer = agentReducer?.(this)
  }

  /** How the agent was started, and with which taps; undefined until that is known. */
  get run(): Observed<'run-started'> | undefined {
    return this.#run
  }

  get cancellations(): Cancellations {
    return this.#cancellations
  }

  /** When it needs to know that time has passed. */
  get nextDeadline(): number | undefined {
    return this.deadlines.next
  }

  observe(seen: Observation): void {
    const observation = 'exchange' in seen ? this.#placed(seen) : seen
    const { at } = observation
    switch (observation.kind) {
      case 'run-started':
        this.#runStarted(observation)
        break
      case 'agent-version':
        this.spans.set(
          this.places.run,
          encodeAttributes('session', { agentVersion: observation.version }),
        )
        break
      case 'exchange-started':
        this.#exchangeStarted(observation, at)
        break
      case 'exchange-ended':
        this.#exchangeEnded(observation, at)
        break
      case 'signal':
        this.cancelAll({ origin: 'signal', reason: observation.signal, at })
        break
      case 'client-gone':
        this.cancelAll({ origin: 'host', reason: 'the client hung up', at })
        break
      case 'time':
        this.deadlines.passed(at)
        break
      default:
    }
    this.#host.observe(observation)
    this.#agentReducer?.observe(observation)
    if (observation.kind === 'run-ended') this.#runEnded(observation)
  }

  /** A tool has ended. One that ends while its turn is being stopped was stopped by that. */
  toolEnded(callId: string, conversation: Conversation, at: number, end: ToolEnd = {}): void {
    const spanId = this.tools.spanOf(callId)
    if (spanId !== undefined && this.cancellations.isRequested(conversation))
      this.cancellations.stopped(conversation, spanId)
    this.tools.end(callId, at, end)
  }

  /**
   * The agent says that a turn has ended. A request to cancel it is thereby fulfilled, or came too
   * late.
   *
   * @param status in the agent's words: `completed`, `interrupted`, `failed`.
   */
  turnEnded(conversation: Conversation, status: string, at: number, end: TurnEnd = {}): void {
    const { turnId } = conversation
    if (turnId === undefined) return
    // What a successful turn leaves running is in the background, and goes on.
    if ((end.outcome ?? status) !== 'completed') {
      for (const callId of this.tools.runningIn(conversation))
        this.toolEnded(callId, conversation, at, { status, outcome: 'cancelled' })
      this.turns.within(conversation, at)
      this.#linkTurn(conversation)
    }
    this.cancellations.turnEnded(conversation, at)
    this.turns.end(turnId, at, status, end)
  }

  /** Something outside asks the whole session to stop. */
  cancelAll(request: { origin: 'signal' | 'host'; reason: string; at: number }): void {
    for (const conversation of this.turns.running())
      this.cancellations.request({ ...request, conversation })
  }

  #runStarted(run: Observed<'run-started'>): void {
    this.#run = run
    this.#cancellations = this.#cancelling(run.lateCancel ?? 0)
    this.spans.start({
      spanId: this.places.run,
      name: spanName('session'),
      at: run.at,
      attributes: withAttributes(
        encodeAttributes('session', {
          agent: this.#agent,
          agentVersion: run.agent.version,
          pid: run.pid,
          command: run.command,
          cwd: run.cwd,
          tacho: run.version,
        }),
        this.places.attributes({}),
      ),
    })
  }

  #exchangeStarted(
    { exchange, conversation, threadSource, within, chat }: ExchangeStarted,
    at: number,
  ): void {
    const { threadId } = conversation
    if (threadId !== undefined && threadSource !== undefined) {
      if (this.places.noteSource(threadId, threadSource))
        this.turns.sourceKnown(threadId, threadSource)
    }
    this.cancellations.exchangeStarted(conversation)
    const parentSpanId = this.#parentOf(conversation, within, at)
    if (chat === undefined) return
    this.spans.start({
      spanId: exchange,
      parentSpanId,
      name: chat.name,
      at,
      isClient: true,
      attributes: withAttributes(this.#ofExchange(exchange, conversation), chat.attributes),
    })
  }

  #exchangeEnded(ended: ExchangeEnded, at: number): void {
    const { exchange, conversation, within, chat, http, stopped } = ended
    if (http !== undefined) {
      const spanId = this.spans.idOf('http', exchange)
      this.spans.start({
        spanId,
        parentSpanId: this.spans.isOpen(exchange)
          ? exchange
          : this.#parentOf(conversation, within, http.startedAt),
        name: http.name,
        at: http.startedAt,
        isClient: true,
        attributes: withAttributes(this.#ofExchange(exchange, conversation), http.attributes),
      })
      this.spans.end(spanId, at, {}, http.error)
    }
    if (chat !== undefined) this.spans.end(exchange, at, chat.attributes, chat.error)
    this.turns.recordActivity(conversation.turnId, at)
    if (stopped !== undefined)
      this.cancellations.exchangeStopped({ ...stopped, conversation, spanId: exchange })
    this.cancellations.exchangeEnded(conversation, at)
  }

  /** Returns the span of the tool that made the request if it is running, else that of its turn. */
  #parentOf(conversation: Conversation, within: string | undefined, at: number): string {
    const turn = this.turns.within(conversation, at)
    return this.tools.spanOf(within) ?? turn
  }

  /** Puts an exchange that does not name its turn into the turn that it belongs to. */
  #placed<Seen extends ExchangeObservation & { at: number }>(seen: Seen): Seen {
    const { exchange, conversation, kind } = seen
    if (conversation.turnId !== undefined) return seen
    if (kind === 'exchange-started') {
      const place = this.#agentReducer?.placeOf?.(conversation, seen)
      if (place !== undefined) this.#placesOfExchanges.set(exchange, place)
    }
    const place = this.#placesOfExchanges.get(exchange)
    if (kind === 'exchange-ended') this.#placesOfExchanges.delete(exchange)
    return place === undefined ? seen : { ...seen, conversation: place }
  }

  #ofExchange(exchange: string, conversation: Conversation): Attributes {
    const own = encodeAttributes('http', { exchange })
    return withAttributes(own, this.places.attributes(conversation))
  }

  #runEnded({ exitCode, signal, at }: Observed<'run-ended'>): void {
    this.deadlines.passed(Number.POSITIVE_INFINITY)
    for (const conversation of this.turns.running()) this.#linkTurn(conversation)
    this.approvals.endAll(at)
    this.tools.endAll(at)
    this.cancellations.endAll(at)
    this.turns.endAll()
    this.spans.end(this.places.run, at, encodeAttributes('session', { signal, exitCode }))
    this.spans.abandonOpen()
  }

  /** Links everything in the turn that stops with it. */
  #linkTurn(conversation: Conversation): void {
    const spanId = this.turns.spanOf(conversation.turnId)
    if (spanId !== undefined) this.cancellations.stopped(conversation, spanId)
  }

  #cancelling(lateCancelMilliseconds: number): Cancellations {
    const { spans, places, turns, deadlines } = this
    return new Cancellations({ spans, places, turns, deadlines, lateCancelMilliseconds })
  }
}

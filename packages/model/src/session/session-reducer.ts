import { known } from '../attributes.js'
import type { Conversation } from '../conversation.js'
import type {
  ExchangeEnded,
  ExchangeStarted,
  Observation,
  RunEnded,
  RunStarted,
} from '../observation.js'
import type { Emit } from '../spans/span-change.js'
import { SpanBook } from '../spans/span-book.js'
import { Approvals } from './approvals.js'
import { Cancellations } from './cancellations.js'
import { Deadlines } from './deadlines.js'
import { Places } from './places.js'
import { type ToolEnd, Tools } from './tools.js'
import { Turns } from './turns.js'

/** What only one agent says, understood. */
export type AgentReducer = { observe(observation: Observation): void }

export type SessionReducerOptions = {
  sessionId: string
  /** The span of the run. */
  runId: string
  agent: string
  /** How what this agent says is understood; left out where only its requests are. */
  agentReducer?: ((session: SessionReducer) => AgentReducer) | undefined
  emit: Emit
}

/**
 * Makes of what the taps saw of one run in a session what it means: turns, exchanges, tools,
 * approvals, cancellations, as spans. It has no clock and no disk: the same observations in the same
 * order give the same spans.
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
  readonly #agentReducer: AgentReducer | undefined
  #run: RunStarted | undefined

  constructor({ sessionId, runId, agent, agentReducer, emit }: SessionReducerOptions) {
    this.#agent = agent
    this.spans = new SpanBook(runId, emit)
    this.places = new Places(sessionId, runId)
    const { spans, places } = this
    this.turns = new Turns({ spans, places, agent })
    this.tools = new Tools({ spans, places, turns: this.turns })
    this.approvals = new Approvals({ spans, places, turns: this.turns, tools: this.tools })
    this.#cancellations = this.#cancelling(0)
    this.#agentReducer = agentReducer?.(this)
  }

  /** How the agent was started, and which taps there are; nothing before that was told. */
  get run(): RunStarted | undefined {
    return this.#run
  }

  get cancellations(): Cancellations {
    return this.#cancellations
  }

  /** When it wants to be told that time has passed. */
  get nextDeadline(): number | undefined {
    return this.deadlines.next
  }

  observe(observation: Observation): void {
    const { at } = observation
    switch (observation.kind) {
      case 'run-started':
        this.#runStarted(observation, at)
        break
      case 'exchange-started':
        this.#exchangeStarted(observation, at)
        break
      case 'exchange-ended':
        this.#exchangeEnded(observation, at)
        break
      case 'signal':
        this.wishAll({ origin: 'signal', reason: observation.signal, at })
        break
      case 'client-gone':
        this.wishAll({ origin: 'host', reason: 'the client hung up', at })
        break
      case 'time':
        this.deadlines.passed(at)
        break
      default:
    }
    this.#agentReducer?.observe(observation)
    if (observation.kind === 'run-ended') this.#runEnded(observation, at)
  }

  /** A tool is done; one that ends while its turn is to stop was stopped by that. */
  toolEnded(callId: string, conversation: Conversation, at: number, end: ToolEnd = {}): void {
    const spanId = this.tools.spanOf(callId)
    if (spanId !== undefined && this.cancellations.isWished(conversation))
      this.cancellations.stopped(conversation, spanId)
    this.tools.end(callId, at, end)
  }

  /**
   * A turn is over, as the agent tells it; a wish to stop it is fulfilled by that, or came too late.
   *
   * @param status as the agent calls it: `completed`, `interrupted`, `failed`.
   */
  turnEnded(conversation: Conversation, status: string, at: number): void {
    const { turnId } = conversation
    if (turnId === undefined) return
    // What a turn that went well leaves running is in the background, and goes on.
    if (status !== 'completed') {
      for (const callId of this.tools.runningIn(conversation))
        this.toolEnded(callId, conversation, at, { status })
      this.cancellations.stopped(conversation, this.turns.within(conversation, at))
    }
    this.cancellations.turnEnded(conversation, at)
    this.turns.end(turnId, at, status)
  }

  /** Something outside wishes that all stops which is going on. */
  wishAll(wish: { origin: 'signal' | 'host'; reason: string; at: number }): void {
    for (const conversation of this.turns.running())
      this.cancellations.wish({ ...wish, conversation })
  }

  #runStarted(run: RunStarted, at: number): void {
    this.#run = run
    this.#cancellations = this.#cancelling(run.lateWishMilliseconds ?? 0)
    this.spans.start({
      spanId: this.places.run,
      name: 'session',
      at,
      attributes: {
        ...this.places.attributes({}),
        ...known({
          'gen_ai.agent.name': this.#agent,
          'gen_ai.agent.version': run.agentVersion,
          'process.pid': run.pid,
          'tacho.command': run.command,
          'tacho.cwd': run.cwd,
          'tacho.version': run.version,
        }),
      },
    })
  }

  #exchangeStarted(started: ExchangeStarted, at: number): void {
    const { conversation, threadSource, agentVersion, spans } = started
    this.places.noteSource(conversation.threadId, threadSource)
    this.spans.set(this.places.run, known({ 'gen_ai.agent.version': agentVersion }))
    this.cancellations.exchangeStarted(conversation)
    let parentSpanId = this.turns.within(conversation, at)
    for (const { spanId, name, attributes } of spans) {
      this.spans.start({ spanId, parentSpanId, name, at, isClient: true, attributes })
      parentSpanId = spanId
    }
  }

  #exchangeEnded({ conversation, spans, stopped, exchange }: ExchangeEnded, at: number): void {
    for (const { spanId, attributes, error } of [...spans].reverse())
      this.spans.end(spanId, at, attributes, error)
    this.turns.recordActivity(conversation.turnId, at)
    if (stopped !== undefined)
      this.cancellations.exchangeStopped({ ...stopped, conversation, spanId: exchange })
    this.cancellations.exchangeEnded(conversation, at)
  }

  #runEnded({ exitCode, signal }: RunEnded, at: number): void {
    this.deadlines.passed(Number.POSITIVE_INFINITY)
    for (const conversation of this.turns.running()) {
      const spanId = this.turns.spanOf(conversation.turnId)
      if (spanId !== undefined) this.cancellations.stopped(conversation, spanId)
    }
    this.approvals.endAll(at)
    this.tools.endAll(at)
    this.cancellations.endAll(at)
    this.turns.endAll()
    this.spans.end(
      this.places.run,
      at,
      known({ 'tacho.signal': signal, 'tacho.exit_code': exitCode }),
    )
    this.spans.abandonOpen()
  }

  #cancelling(lateWishMilliseconds: number): Cancellations {
    const { spans, places, turns, deadlines } = this
    return new Cancellations({ spans, places, turns, deadlines, lateWishMilliseconds })
  }
}

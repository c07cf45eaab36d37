import type { RecordedExchange, SessionExchange } from '@tacho/model'
import type { ReportDamage } from './damage.js'
import type { RawIndex } from './raw-index.js'
import { type LogReading, type Session, sessionFrom, withSpan } from './read-session.js'
import type { Span } from './read-spans.js'
import {
  FollowedLogs,
  inSteps,
  type OnRecords,
  type SessionLogs,
} from './session-index/session-logs.js'
import { headingOf } from './titles.js'

/**
 * A session that is read repeatedly while it goes on: each time only new data is read, and an
 * exchange that has ended is the same object as before.
 */
export class FollowedSession {
  readonly folder: string
  readonly #logs: FollowedLogs
  /** Exchanges that have ended, with the spans that they were made with. */
  readonly #over = new WeakMap<
    RecordedExchange,
    { span: Span | undefined; exchange: SessionExchange }
  >()
  #index: RawIndex = { exchanges: [], byId: new Map() }
  #heading: { text: string | undefined; stamp: string } | undefined
  readonly #reading: LogReading = {
    read: (report) => this.#read(report),
    end: (report) => this.#logs.end(report),
    exchangeOf: (...exchange) => this.#withSpan(...exchange),
  }
  #last: Promise<unknown> = Promise.resolve()

  /**
   * @param begin returns the receiver of records; called whenever the logs are read from the start.
   */
  constructor(folder: string, begin?: () => OnRecords) {
    this.folder = folder
    this.#logs = new FollowedLogs(folder, begin)
  }

  /** Reads the session as {@link readSession} does; concurrent calls run one after another. */
  read(): Promise<Session> {
    const reading = this.#last.then(() => inSteps(sessionFrom(this.folder, this.#reading)))
    this.#last = reading.catch(() => undefined)
    return reading
  }

  /**
   * Returns the heading of the session as last read: see {@link headingOf}. It is looked up again
   * after events that may change it: the agent asked for a title, or a turn began.
   */
  heading({ agent }: Session, turns: number): string | undefined {
    const { exchanges } = this.#index
    const titles = exchanges.filter(({ isTitle, state }) => isTitle && state === 'completed').length
    const since = this.#heading?.text === undefined ? exchanges.length : turns
    const stamp = `${titles} ${since}`
    if (this.#heading?.stamp === stamp) return this.#heading.text
    const text = headingOf(this.folder, agent.name, this.#index)
    this.#heading = { text, stamp: text === undefined ? stamp : `${titles} ${turns}` }
    return text
  }

  *#read(report: ReportDamage): Generator<undefined, SessionLogs> {
    const logs = yield* this.#logs.read(report)
    this.#index = logs.story.index
    return logs
  }

  #withSpan(...[exchange, span, spans]: Parameters<typeof withSpan>): SessionExchange {
    const held = this.#over.get(exchange)
    if (held !== undefined && held.span === span) return held.exchange
    const told = withSpan(exchange, span, spans)
    if (exchange.state !== 'in-flight') this.#over.set(exchange, { span, exchange: told })
    return told
  }
}

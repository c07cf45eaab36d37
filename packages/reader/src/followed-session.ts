import type { RecordedExchange, SessionExchange } from '@tacho/model'
import { type LogReading, type Session, sessionFrom, withSpan } from './read-session.js'
import type { Span } from './read-spans.js'
import { FollowedLogs, inSteps, type OnRecords } from './session-index/session-logs.js'

/**
 * A session that is read again and again while it goes on: each time, only what was written since is
 * read, and an exchange that is over is the same object as before.
 */
export class FollowedSession {
  readonly folder: string
  readonly #logs: FollowedLogs
  /** Exchanges that are over, with the spans that told of them. */
  readonly #over = new WeakMap<
    RecordedExchange,
    { span: Span | undefined; exchange: SessionExchange }
  >()
  readonly #reading: LogReading = {
    read: (report) => this.#logs.read(report),
    end: (report) => this.#logs.end(report),
    exchangeOf: (exchange, span) => this.#withSpan(exchange, span),
  }
  #last: Promise<unknown> = Promise.resolve()

  /** @param begin is asked, whenever the logs are read from their beginning, who is given the records. */
  constructor(folder: string, begin?: () => OnRecords) {
    this.folder = folder
    this.#logs = new FollowedLogs(folder, begin)
  }

  /** Reads the session as {@link readSession} does; one after the other where several ask. */
  read(): Promise<Session> {
    const reading = this.#last.then(() => inSteps(sessionFrom(this.folder, this.#reading)))
    this.#last = reading.catch(() => undefined)
    return reading
  }

  #withSpan(exchange: RecordedExchange, span: Span | undefined): SessionExchange {
    const held = this.#over.get(exchange)
    if (held !== undefined && held.span === span) return held.exchange
    const told = withSpan(exchange, span)
    if (exchange.state !== 'in-flight') this.#over.set(exchange, { span, exchange: told })
    return told
  }
}

import { cut, isUuid, type SeenEvent } from '@tacho/format'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { Scrubber } from '@tacho/scrub'
import type { LogRecord } from '../../taps/otlp/log-record.js'
import { eventLine } from './otel-line.js'

/**
 * Records Codex's own log events: in their thread's session, with one line each in the debug log.
 * Never throws.
 */
export class LogEvents {
  readonly #recording: Recording
  readonly #barrier: FaultBarrier
  /** Events of threads about which nothing else is known yet. */
  #held: Held[] = []

  constructor(recording: Recording) {
    this.#recording = recording
    this.#barrier = new FaultBarrier((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
  }

  /** Records the events of one export, in order. */
  take(events: readonly LogRecord[]): void {
    for (const event of events) this.#barrier.do('the OTLP receiver', () => this.#takeOne(event))
  }

  #takeOne(event: LogRecord): void {
    const { at, attributes } = event
    this.#recording.log('debug', 'codex', eventLine(event))
    const name = attributes.get('event.name')
    const threadId = attributes.get('conversation.id')
    // Codex gives its threads UUIDs; another form of id is not Codex's.
    if (typeof name !== 'string' || typeof threadId !== 'string' || !isUuid(threadId)) return
    // A thread for a title, or of a sub-agent, starts before it sends the model request that names
    // its session: by its id alone it would look like a session of its own. A thread that runs
    // tools has sent one.
    const isKnown = attributes.has('call_id') || this.#recording.knowsThread(threadId)
    if (isKnown) this.#release(threadId)
    if (REPEATED.has(name)) return
    const seen: SeenEvent = {
      kind: 'log-event',
      name,
      ...(at > 0 && { happenedAt: at }),
      attributes: kept(attributes, this.#recording.scrubber),
    }
    if (isKnown) this.#recording.sessionOfThread(threadId).event(seen)
    else this.#held = [...this.#held, { threadId, seen }].slice(-HELD_EVENTS)
  }

  #release(threadId: string): void {
    if (this.#held.length === 0) return
    const released = this.#held.filter((held) => held.threadId === threadId)
    this.#held = this.#held.filter((held) => held.threadId !== threadId)
    for (const { seen } of released) this.#recording.sessionOfThread(threadId).event(seen)
  }
}

type Held = { threadId: string; seen: SeenEvent }

/** A thread sends one or two of them before its first model request. */
const HELD_EVENTS = 64

// Sent for each request and each event of an answer: the raw log has both.
const REPEATED = new Set([
  'codex.api_request',
  'codex.sse_event',
  'codex.websocket_connect',
  'codex.websocket_event',
  'codex.websocket_request',
  'codex.user_prompt',
  'codex.agent_response',
])

// The user, the login, and where Codex runs: the same in each event. Every request has the version
// and the model.
const LEFT_OUT =
  /^(user\.|auth|config\.|originator$|terminal\.type$|slug$|env$|app\.version$|model$|event\.(name|timestamp)$)/

/** Commands are short; longer texts are contents. */
const VALUE_CHARACTERS = 4096

/**
 * The output of a tool that ran begins with how it ended; the raw log has all of it in the next
 * request. If the tool was refused, the reasons take the output's place.
 */
const OUTPUT_CHARACTERS = 512

function kept(
  attributes: LogRecord['attributes'],
  scrubber: Scrubber,
): Record<string, string | number | boolean> {
  const all: Record<string, string | number | boolean> = {}
  const hasRun = String(attributes.get('success')) === 'true'
  for (const [name, value] of attributes) {
    if (LEFT_OUT.test(name) || value === '') continue
    const characters = name === 'output' && hasRun ? OUTPUT_CHARACTERS : VALUE_CHARACTERS
    // Scrubbed before it is cut, because half of a secret would not be recognized.
    all[name] = typeof value === 'string' ? cut(scrubber.text(value), characters) : value
  }
  return all
}

import { cut, isUuid, type SeenEvent } from '@tacho/format'
import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { Scrubber } from '@tacho/scrub'
import type { LogRecord } from '../../taps/otlp/log-record.js'
import { eventLine } from './otel-line.js'

/**
 * Records Codex's own log events: in the session of their thread, and a line of each in the debug log.
 * Never throws.
 */
export class LogEvents {
  readonly #recording: Recording
  readonly #barrier: FaultBarrier
  /** What was told of threads of which nothing else is known yet. */
  #held: Held[] = []

  constructor(recording: Recording) {
    this.#recording = recording
    this.#barrier = new FaultBarrier((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
  }

  /** Takes the events of one export, in their order. */
  take(events: readonly LogRecord[]): void {
    for (const event of events) this.#barrier.do('the OTLP receiver', () => this.#takeOne(event))
  }

  #takeOne(event: LogRecord): void {
    const { at, attributes } = event
    this.#recording.log('debug', 'codex', eventLine(event))
    const name = attributes.get('event.name')
    const threadId = attributes.get('conversation.id')
    // Codex gives its threads UUIDs; an id of another form is not Codex's.
    if (typeof name !== 'string' || typeof threadId !== 'string' || !isUuid(threadId)) return
    // A thread for a title, or of a subagent, starts before it asks the model and says whose it is: by
    // its id alone it would be a session of its own. One that runs tools has asked.
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

/** A thread has told one or two of them before it asks the model. */
const HELD_EVENTS = 64

// What each request and each event of an answer is told by: the raw log has both.
const REPEATED = new Set([
  'codex.api_request',
  'codex.sse_event',
  'codex.websocket_connect',
  'codex.websocket_event',
  'codex.websocket_request',
  'codex.user_prompt',
  'codex.agent_response',
])

// Who the user is, how he logged in, and where Codex runs: the same in each event. Its version and the
// model are in every request.
const LEFT_OUT =
  /^(user\.|auth|config\.|originator$|terminal\.type$|slug$|env$|app\.version$|model$|event\.(name|timestamp)$)/

/** Commands are short; what is longer are contents. */
const VALUE_CHARACTERS = 4096

/**
 * The output of a tool that ran begins with how it ended, and the raw log has all of it, in the next
 * request. In place of one that was refused stand the reasons.
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
    // Half of a secret would not be known for one: first scrubbed, then cut.
    all[name] = typeof value === 'string' ? cut(scrubber.text(value), characters) : value
  }
  return all
}

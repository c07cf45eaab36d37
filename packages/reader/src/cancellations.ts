import { type LeftOpen, leftOpenBy } from './left-open.js'
import type { Session } from './read-session.js'
import { numberAttribute, type Span, textAttribute } from './read-spans.js'

/** An operation that was stopped before its natural end. Times are microseconds since 1970. */
export type Cancellation = {
  spanId: string
  /** Where the wish came from: `user`, `approval`, `signal`, `timeout`, `host`. */
  origin?: string
  /** What was done: `turn/interrupt`, `SIGINT`, `the agent hung up` … */
  reason?: string
  /** What it stopped. None: the wish came too late, or its end was not recorded. */
  stopped: Stopped[]
  turnId?: string
  wishedAt: number
  /** The agent closed its first connection. */
  signalledAt?: number
  /** The last byte of an answer arrived; not there where none did. */
  lastByteAt?: number
  /** The last connection to the API was released; where none was open, what else was stopped had ended. */
  releasedAt?: number
  /** Of the answers that were cut, on the wire; not there where none was. */
  bytes?: number
  /** Events of a stream that had arrived, as far as they were counted. */
  events?: number
  /** Tokens of the answer, where the API had told them. */
  outputTokens?: number
  /** Not there where it is over. */
  open?: LeftOpen
}

/** Something that was stopped. */
export type Stopped = {
  /** `span`: what is none of the others. */
  kind: 'exchange' | 'turn' | 'tool' | 'approval' | 'span'
  spanId: string
  /** Of its span; not there where there is none. */
  name?: string
  /** Of an exchange, as `tacho raw` takes it. */
  number?: number
}

type Parts = Pick<Session, 'spans' | 'runs' | 'ended' | 'exchanges'>

/** The cancellations of a session in the order in which they were wished for. */
export function cancellationsOf(session: Parts): Cancellation[] {
  return [...session.spans.values()]
    .filter(({ name }) => name === 'cancellation')
    .map((span) => cancellationOf(session, span))
    .sort((one, other) => one.wishedAt - other.wishedAt)
}

/** Cancellations in sum. */
export type CancellationTotals = {
  count: number
  /** How many of each origin; without a prototype, for origins are read from a file. */
  byOrigin: Record<string, number>
  /** Milliseconds from the wish to the release; not there where no release is known. */
  medianMs?: number
  longestMs?: number
}

/** How many there were, from where, and how long it took from the wish to the release. */
export function cancellationTotals(cancellations: readonly Cancellation[]): CancellationTotals {
  const byOrigin: Record<string, number> = Object.create(null)
  for (const { origin = 'unknown' } of cancellations) byOrigin[origin] = (byOrigin[origin] ?? 0) + 1
  const times = cancellations
    .flatMap(({ wishedAt, releasedAt }) => (releasedAt === undefined ? [] : releasedAt - wishedAt))
    .sort((one, other) => one - other)
  const [medianMs, longestMs] = [medianOf(times), times.at(-1)]
  return {
    count: cancellations.length,
    byOrigin,
    ...(medianMs !== undefined && { medianMs: medianMs / 1000 }),
    ...(longestMs !== undefined && { longestMs: longestMs / 1000 }),
  }
}

function cancellationOf(session: Parts, span: Span): Cancellation {
  const text = (name: string): string | undefined => textAttribute(span, name)
  const stopped = stoppedBy(session, span)
  const [origin, reason] = [text('tacho.cancellation.origin'), text('tacho.cancellation.reason')]
  const turnId = text('tacho.turn.id')
  return {
    spanId: span.spanId,
    stopped,
    wishedAt: span.startedAt,
    ...(origin !== undefined && { origin }),
    ...(reason !== undefined && { reason }),
    ...(turnId !== undefined && { turnId }),
    ...momentsOf(span, stopped),
    ...amountsOf(session, span, stopped),
    ...(span.endedAt === undefined && { open: leftOpenBy(session, span) }),
  }
}

function stoppedBy({ spans, exchanges }: Parts, { links }: Span): Stopped[] {
  const numbers = new Map(exchanges.map(({ id, number }) => [id, number]))
  return [...new Set(links.map(({ spanId }) => spanId))].map((spanId) => {
    const name = spans.get(spanId)?.name
    const number = numbers.get(spanId)
    return {
      kind: number === undefined ? kindOf(name) : 'exchange',
      spanId,
      ...(name !== undefined && { name }),
      ...(number !== undefined && { number }),
    }
  })
}

const KINDS = new Map<string | undefined, Stopped['kind']>([
  ['chat', 'exchange'],
  ['invoke_agent', 'turn'],
  ['execute_tool', 'tool'],
  ['approval', 'approval'],
])

function kindOf(name: string | undefined): Stopped['kind'] {
  return KINDS.get(name?.split(' ')[0]) ?? 'span'
}

// One wish can stop several exchanges, and each marks its moments.
function momentsOf(
  { events, endedAt }: Span,
  stopped: readonly Stopped[],
): Pick<Cancellation, 'signalledAt' | 'lastByteAt' | 'releasedAt'> {
  const times = (name: string): number[] =>
    events.filter((event) => event.name === name).map(({ at }) => at)
  const signalledAt = times('signalled').sort((one, other) => one - other)[0]
  const lastByteAt = latestOf(times('last_byte'))
  const releasedAt = latestOf(times('released')) ?? (stopped.length > 0 ? endedAt : undefined)
  return {
    ...(signalledAt !== undefined && { signalledAt }),
    ...(lastByteAt !== undefined && { lastByteAt }),
    ...(releasedAt !== undefined && { releasedAt }),
  }
}

function latestOf(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.max(one, other))
}

// The span tells the bytes of one exchange; of several, the raw log knows all.
function amountsOf(
  { exchanges }: Parts,
  span: Span,
  stopped: readonly Stopped[],
): Pick<Cancellation, 'bytes' | 'events' | 'outputTokens'> {
  const ids = new Set(stopped.map(({ spanId }) => spanId))
  const cut = exchanges.filter(({ id }) => ids.has(id))
  const bytes =
    cut.length > 0
      ? cut.reduce((total, { responseBytes }) => total + responseBytes, 0)
      : numberAttribute(span, 'tacho.cancellation.bytes')
  const events = numberAttribute(span, 'tacho.cancellation.events')
  const outputTokens = numberAttribute(span, 'gen_ai.usage.output_tokens')
  return {
    ...(bytes !== undefined && { bytes }),
    ...(events !== undefined && { events }),
    ...(outputTokens !== undefined && { outputTokens }),
  }
}

function medianOf(sorted: readonly number[]): number | undefined {
  const middle = sorted.length >> 1
  const [one, other] = [sorted[middle - 1], sorted[middle]]
  if (other === undefined) return undefined
  return sorted.length % 2 === 1 || one === undefined ? other : (one + other) / 2
}

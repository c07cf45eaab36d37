import { type Observation, reducerOf, SessionReducer, type SpanChange } from '@tacho/model'
import { expect } from 'vitest'

/** A row of observations: when, in milliseconds since the run began, and what. */
export type Seen = readonly [at: number, what: What]

export type What<One = Observation> = One extends Observation ? Omit<One, 'at'> : never

/**
 * A span in a table: attributes of its own kind have short names there (`tacho.approval.decision`
 * of an approval is `decision`), all others their full names.
 */
export type Told = {
  span: string
  /** The name of its parent. */
  in: string | undefined
  from: number
  /** `open` if it has no end. */
  to: number | 'open'
  /** The names of the spans that it links to. */
  links?: string[]
  /** Its events, in the order in which they were added. */
  moments?: [name: string, at: number][]
  /** What went wrong, if anything. */
  error?: string
  [attribute: string]: unknown
}

type Run = Partial<Extract<Observation, { kind: 'run-started' }>>

const RUN_ID = '00000000000000aa'

/**
 * Feeds observations to a reducer, and returns all spans except the run's, in the order in which
 * they began.
 */
export function reduced(seen: readonly Seen[], run: Run = {}): Told[] {
  return everySpan(seen, run).filter(({ span }) => span !== 'session')
}

/** The spans whose name starts with this. */
export function spansOf(name: string, seen: readonly Seen[], run: Run = {}): Told[] {
  return everySpan(seen, run).filter(({ span }) => span.startsWith(name))
}

/**
 * Each has the named members, and lacks those that are `undefined`; other members do not matter.
 */
export function expectAlike(spans: readonly Told[], expected: readonly object[]): void {
  const named = (span: Told, members: object) =>
    Object.fromEntries(Object.keys(members).map((name) => [name, span[name]]))
  expect(spans.map((span, index) => named(span, expected[index] ?? {}))).toEqual(expected)
}

/** The spans' changes, one after another. */
export function changesOf(seen: readonly Seen[], run: Run = {}): SpanChange[] {
  const changes: SpanChange[] = []
  reducing(seen, run, (change) => changes.push(change))
  return changes
}

/** The reducer behind the observations. */
export function reducing(
  seen: readonly Seen[],
  run: Run = {},
  emit: (change: SpanChange) => void = () => {},
): SessionReducer {
  const agent = run.agent?.name ?? 'codex'
  const agentReducer = reducerOf(agent)
  const reducer = new SessionReducer({
    sessionId: 'main',
    runId: RUN_ID,
    agent,
    agentReducer,
    emit,
  })
  for (const [at, what] of [[0, runStarted(run)] as const, ...seen])
    reducer.observe({ ...what, at: at * 1000 } as Observation)
  return reducer
}

function runStarted(run: Run): What {
  return {
    kind: 'run-started',
    agent: { name: 'codex' },
    command: 'app-server',
    cwd: '/work',
    pid: 1,
    version: '0.1.0',
    taps: ['http', 'json-rpc'],
    ...run,
  }
}

function everySpan(seen: readonly Seen[], run: Run): Told[] {
  const spans = new Map<string, Told>()
  const nameOf = (spanId: string) => spans.get(spanId)?.span ?? `span ${spanId}`
  reducing(seen, run, (change) => {
    if (change.change === 'start') {
      const { spanId, parentSpanId, name, at, attributes } = change
      const parent = parentSpanId === undefined ? undefined : nameOf(parentSpanId)
      const from = at / 1000
      spans.set(spanId, { span: name, in: parent, from, to: 'open', ...short(name, attributes) })
      return
    }
    const told = spans.get(change.spanId)
    if (told === undefined) throw new Error(`${change.change} of a span that has not begun`)
    if (told.to !== 'open') throw new Error(`${change.change} of ${told.span}, which has ended`)
    if (change.change === 'event') {
      told.moments = [...(told.moments ?? []), [change.name, change.at / 1000]]
    } else if (change.change === 'link') {
      told.links = [...(told.links ?? []), nameOf(change.to)]
    } else if (change.change === 'rename') {
      told.span = change.name
    } else {
      Object.assign(told, short(told.span, change.attributes ?? {}))
      if (change.change === 'end') told.to = change.at / 1000
      if (change.change === 'end' && change.error !== undefined)
        told.error = change.error.message ?? ''
    }
  })
  return [...spans.values()]
}

const KINDS: Record<string, string> = {
  approval: 'approval',
  cancellation: 'cancellation',
  execute_tool: 'tool',
  invoke_agent: 'turn',
}

function short(span: string, attributes: object): Record<string, unknown> {
  const own = `tacho.${KINDS[span.split(' ')[0] ?? '']}.`
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name.startsWith(own) ? name.slice(own.length) : name,
      value,
    ]),
  )
}

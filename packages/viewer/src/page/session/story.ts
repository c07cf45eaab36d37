import {
  type Approval,
  type Cancellation,
  questionAbout,
  type SessionExchange,
  type Thread,
  type Tool,
  type Turn,
} from '@tacho/model'
import type { SessionAnswer } from '../../api/answers.js'
import type { ItemKind, TimeRange } from '../address.js'

/** How something went, for its colour. */
export type Tone = 'good' | 'bad' | 'cut' | 'open' | 'waiting' | 'plain'

/** Something that happened in a session. Times are microseconds since 1970. */
export type Item = {
  kind: ItemKind
  /** Unique among items of its kind. */
  key: string
  at: number
  /** Absent while it goes on, or if its end was not recorded. */
  end?: number
  /** The lane in which it is drawn. */
  lane: number
  label: string
  /** More words, for the list. */
  detail: string
  tone: Tone
} & (
  | {
      kind: 'exchange'
      exchange: SessionExchange
      /** The number of the exchange that it retries. */
      triesAgain?: number
    }
  | { kind: 'tool'; tool: Tool }
  | { kind: 'approval'; approval: Approval }
  | { kind: 'cancellation'; cancellation: Cancellation }
  | { kind: 'turn'; turn: Turn; thread: Thread }
  | { kind: 'problem'; level: string; line: number }
  | { kind: 'gap' }
)

export type Lane = { thread?: Thread; label: string }

/** A session as it is drawn and listed: everything that happened, by time. */
export type Story = {
  items: readonly Item[]
  lanes: readonly Lane[]
  start: number
  end: number
}

/** @param now microseconds since 1970: how far running items extend. */
export function storyOf(session: SessionAnswer, now: number): Story {
  const { parts } = session
  const lanes: Lane[] = parts.threads.map((thread) => ({ thread, label: laneLabel(thread) }))
  if (lanes.length === 0) lanes.push({ label: 'session' })
  const laneOf = (threadId: string | undefined): number =>
    Math.max(
      0,
      parts.threads.findIndex(({ id }) => id === threadId),
    )
  const tries = triedAgain(parts.exchanges)
  const items: Item[] = [
    ...parts.threads.flatMap((thread, lane) =>
      thread.turns.map(
        (turn): Item => ({
          kind: 'turn',
          key: turn.spanId,
          at: turn.startedAt,
          ...endOf(turn.endedAt),
          lane,
          label: `turn ${turn.number}`,
          // Each thread numbers its own turns, and the list shows all of them.
          detail: [
            ...(thread.kind === 'user' ? [] : [laneLabel(thread)]),
            turn.outcome ?? openWords(turn.open),
          ].join(' · '),
          tone: turn.endedAt === undefined ? 'open' : turnTone(turn),
          turn,
          thread,
        }),
      ),
    ),
    ...parts.exchanges
      .filter(({ isConnection }) => !isConnection)
      .map(
        (exchange): Item => ({
          kind: 'exchange',
          key: `${exchange.number}`,
          at: exchange.startedMicros,
          ...endOf(
            exchange.durationMs === undefined
              ? undefined
              : exchange.startedMicros + exchange.durationMs * 1000,
          ),
          lane: laneOf(exchange.threadId),
          label: `${exchange.number} ${exchange.model ?? exchange.method}`,
          detail: exchangeWords(exchange, session.ended, tries.get(exchange.number)),
          tone: exchangeTone(exchange),
          exchange,
          ...(tries.has(exchange.number) && { triesAgain: tries.get(exchange.number) as number }),
        }),
      ),
    ...parts.tools.map(
      (tool): Item => ({
        kind: 'tool',
        key: tool.spanId,
        at: tool.startedAt,
        ...endOf(tool.endedAt),
        lane: laneOf(tool.threadId),
        label: tool.command ?? tool.query ?? tool.path ?? tool.name,
        detail: toolWords(tool, parts.approvals),
        tone: toolTone(tool),
        tool,
      }),
    ),
    ...parts.approvals.map(
      (approval): Item => ({
        kind: 'approval',
        key: approval.spanId,
        at: approval.askedAt,
        ...endOf(
          approval.waitMs === undefined ? undefined : approval.askedAt + approval.waitMs * 1000,
        ),
        lane: laneOf(approval.threadId),
        label: approval.what ?? approval.kind,
        detail: approvalWords(approval),
        tone: approvalTone(approval),
        approval,
      }),
    ),
    ...parts.cancellations.map(
      (cancellation): Item => ({
        kind: 'cancellation',
        key: cancellation.spanId,
        at: cancellation.requestedAt,
        ...endOf(cancellation.releasedAt),
        lane: laneOf(cancellation.threadId),
        label: cancellation.reason ?? 'cancelled',
        detail: cancellation.origin ?? '',
        tone: 'cut',
        cancellation,
      }),
    ),
    ...session.logProblems.map(
      (problem): Item => ({
        kind: 'problem',
        key: `${problem.line}`,
        at: problem.at,
        end: problem.at,
        lane: 0,
        label: problem.text.slice(0, 300),
        detail: problem.level,
        tone: problem.level === 'error' ? 'bad' : 'plain',
        level: problem.level,
        line: problem.line,
      }),
    ),
    ...session.gaps.map(
      (gap, index): Item => ({
        kind: 'gap',
        key: `${index}`,
        at: Date.parse(gap.since) * 1000,
        ...endOf(Date.parse(gap.time) * 1000),
        lane: 0,
        label: `records lost: ${gap.reason}`,
        detail: Object.entries(gap.lost)
          .map(([kind, lost]) => `${lost} ${kind}`)
          .join(', '),
        tone: 'bad',
      }),
    ),
  ].filter(({ at }) => Number.isFinite(at) && at > 0)
  items.sort((one, other) => one.at - other.at)
  return { items, lanes, ...extentOf(session, items, now) }
}

/** Returns whether an item overlaps a range. */
export function isWithin({ at, end }: Pick<Item, 'at' | 'end'>, range: TimeRange): boolean {
  return at <= range.to && (end ?? Number.POSITIVE_INFINITY) >= range.from
}

/** Totals for a range; unknown ones are absent. */
export type Sums = {
  exchanges: number
  failed: number
  tools: number
  approvals: number
  cancellations: number
  inputTokens?: number
  cachedTokens?: number
  outputTokens?: number
  /** Microseconds; overlapping times count twice. */
  modelTime: number
  toolTime: number
  waitingTime: number
}

export function sumsOf(items: readonly Item[]): Sums {
  const sums: Sums = {
    exchanges: 0,
    failed: 0,
    tools: 0,
    approvals: 0,
    cancellations: 0,
    modelTime: 0,
    toolTime: 0,
    waitingTime: 0,
  }
  const add = (name: 'inputTokens' | 'cachedTokens' | 'outputTokens', tokens?: number): void => {
    if (tokens !== undefined) sums[name] = (sums[name] ?? 0) + tokens
  }
  for (const item of items) {
    const time = item.end === undefined ? 0 : item.end - item.at
    if (item.kind === 'exchange') {
      sums.exchanges += 1
      if (item.tone === 'bad') sums.failed += 1
      sums.modelTime += time
      add('inputTokens', item.exchange.usage?.inputTokens)
      add('cachedTokens', item.exchange.usage?.cacheReadInputTokens)
      add('outputTokens', item.exchange.usage?.outputTokens)
    } else if (item.kind === 'tool') {
      sums.tools += 1
      sums.toolTime += time
    } else if (item.kind === 'approval') {
      sums.approvals += 1
      if (item.approval.decidedBy === 'user') sums.waitingTime += time
    } else if (item.kind === 'cancellation') sums.cancellations += 1
  }
  return sums
}

function extentOf(
  session: SessionAnswer,
  items: readonly Item[],
  now: number,
): { start: number; end: number } {
  const started =
    session.startedAt === undefined ? Number.NaN : Date.parse(session.startedAt) * 1000
  const start = Math.min(...[started, items[0]?.at ?? Number.NaN].filter(Number.isFinite))
  let end = Number.isFinite(start) ? start : now
  for (const item of items) end = Math.max(end, item.end ?? item.at)
  for (const time of [session.endedAt, session.lastSeenAt]) {
    const at = time === undefined ? Number.NaN : Date.parse(time) * 1000
    if (Number.isFinite(at)) end = Math.max(end, at)
  }
  if (session.ended === 'running') end = Math.max(end, now)
  return { start: Number.isFinite(start) ? start : now, end: Math.max(end, start + 1000) }
}

function laneLabel({ kind, number, of }: Thread): string {
  if (kind === 'user') return of > 1 ? `thread ${number}` : 'user'
  return of > 1 ? `${kind} ${number}` : kind
}

function endOf(end: number | undefined): { end?: number } {
  return end === undefined ? {} : { end }
}

function openWords(open: string | undefined, isAsked = false): string {
  if (open === 'running') return isAsked ? 'waiting for an answer' : 'running'
  if (open === 'died')
    return `${isAsked ? 'waiting for an answer' : 'in flight'} when the session died`
  return open === 'ended' ? 'its end was not recorded' : ''
}

function turnTone({ outcome }: Turn): Tone {
  if (outcome === 'failed') return 'bad'
  if (outcome === 'cancelled') return 'cut'
  return outcome === 'completed' ? 'good' : 'plain'
}

function exchangeTone({ state, error, outcome }: SessionExchange): Tone {
  if (state === 'in-flight') return 'open'
  if (state === 'cancelled' || outcome === 'cancelled') return 'cut'
  return error !== undefined || state === 'failed' ? 'bad' : 'good'
}

/** Returns, by the number of an exchange, the one right before it in its turn if that failed. */
function triedAgain(exchanges: readonly SessionExchange[]): Map<number, number> {
  const tries = new Map<number, number>()
  const last = new Map<string, SessionExchange>()
  for (const exchange of exchanges) {
    if (exchange.isConnection || exchange.isPrewarm) continue
    const place = `${exchange.run} ${exchange.threadId} ${exchange.turnId}`
    const before = last.get(place)
    if (before !== undefined && exchangeTone(before) === 'bad')
      tries.set(exchange.number, before.number)
    last.set(place, exchange)
  }
  return tries
}

function exchangeWords(
  { status, error, state, outcome }: SessionExchange,
  ended: string,
  triesAgain: number | undefined,
): string {
  const open = openWords(ended === 'running' || ended === 'died' ? ended : 'ended')
  const became = state === 'in-flight' ? open : (outcome ?? state)
  const words = [status === undefined ? undefined : `${status}`, became]
  if (triesAgain !== undefined) words.push(`tries ${triesAgain} again`)
  if (error !== undefined) words.push(error.message || error.code)
  return words.filter((word) => word !== undefined && word !== '').join(' · ')
}

function toolTone({ outcome }: Tool): Tone {
  if (outcome === undefined) return 'open'
  if (outcome === 'failed') return 'bad'
  return outcome === 'declined' || outcome === 'cancelled' ? 'cut' : 'good'
}

function toolWords(tool: Tool, approvals: readonly Approval[]): string {
  const { name, outcome, exitCode, error, open } = tool
  // Behind an open question, it has not begun.
  const isAsked = outcome === undefined && questionAbout(tool, approvals) !== undefined
  const words = [name, outcome ?? openWords(open, isAsked)]
  if (exitCode !== undefined && exitCode !== 0) words.push(`exit ${exitCode}`)
  if (error !== undefined) words.push(error)
  return words.filter((word) => word !== '').join(' · ')
}

function approvalTone({ outcome }: Approval): Tone {
  if (outcome === undefined || outcome === 'unanswered') return 'open'
  return outcome.startsWith('allowed') || outcome === 'answered' ? 'waiting' : 'cut'
}

function approvalWords({ outcome, decidedBy, open }: Approval): string {
  const words = outcome ?? openWords(open)
  return decidedBy === undefined ? words : `${words} by ${decidedBy}`
}

import { spanAbout } from '@tacho/format'
import type { Approval, SessionExchange, SessionParts, Tool, Turn, Usage } from '@tacho/model'
import { chatFacts } from '../chat-facts.js'
import { microsOfIso } from '../micros.js'
import type { Session } from '../read-session.js'
import { sessionParts } from '../session-parts.js'
import { totalUsage } from '../usage.js'
import type { ChunkPace } from './chunk-paces.js'
import { coveredMs, type Interval, within, without } from './intervals.js'
import { costOf, type Price, type Prices, priceOf } from './prices.js'

/** Where time went. Concurrent activities count in both sums, but once in each. */
export type Times = {
  /** Absent if no end is known. */
  tookMs?: number
  /** Waiting for, or receiving, a model's answer. */
  modelMs: number
  /** Running tools, without their waiting for people. */
  toolMs: number
  /** Waiting for people: questions that a user answered, or has not. */
  waitingMs: number
  /** None of these; absent if no end is known. */
  otherMs?: number
}

export type TurnStats = Times & {
  kind: Turn['kind']
  number: number
  startedAt: number
  outcome?: Turn['outcome']
  exchanges: number
  usage: Usage
  cost?: number
}

export type ToolStats = {
  name: string
  count: number
  failed: number
  declined: number
  cancelled: number
  totalMs: number
  /** For each run that has ended. */
  tookMs: number[]
}

export type ModelStats = {
  /** The requested model, and the one that answered, by their own names. */
  asked?: string
  answered?: string
  exchanges: number
  failed: number
  usage: Usage
  /** For each answer: milliseconds until its first chunk. */
  firstMs: number[]
  /**
   * For each answer with known tokens: output tokens a second, from its first chunk to its last.
   */
  tokensPerSecond: number[]
  stalls: number
  longestGapMs: number
  /** Absent if there is no price for it, or some of its tokens are unknown. */
  cost?: number
}

export type SessionStats = Times & {
  id: string
  startedAt?: string
  turns: TurnStats[]
  tools: ToolStats[]
  models: ModelStats[]
}

/** Returns where a session's time, tokens and money went. */
export function sessionStats(
  session: Session,
  paces: ReadonlyMap<string, ChunkPace>,
  prices?: Prices,
): SessionStats {
  const parts = sessionParts(session)
  const exchanges = parts.exchanges.filter(({ isConnection }) => !isConnection)
  const busy = busyTimes(parts, exchanges)
  const named = new Map(exchanges.map((exchange) => [exchange, namesOf(session, exchange)]))
  const costs = (some: readonly SessionExchange[]): { cost?: number } =>
    prices === undefined ? {} : costsOf(some, named, prices)
  const runs = parts.runs.flatMap(({ startedAt = '', endedAt = '' }): Interval[] => {
    const [from, to] = [microsOfIso(startedAt), microsOfIso(endedAt)]
    return from === undefined || to === undefined ? [] : [[from, to]]
  })
  return {
    id: session.id,
    ...(session.startedAt !== undefined && { startedAt: session.startedAt }),
    ...timesOf(busy, runs.length === parts.runs.length ? runs : undefined),
    turns: parts.turns.map((turn) => turnStats(turn, exchanges, busy, costs)),
    tools: toolStats(parts.tools, busy.waiting),
    models: modelStats(exchanges, named, paces, costs),
  }
}

type Busy = { model: Interval[]; tools: Interval[]; waiting: Interval[] }

function busyTimes(parts: SessionParts, exchanges: readonly SessionExchange[]): Busy {
  return {
    model: exchanges.map(exchangeInterval),
    tools: parts.tools.flatMap(({ startedAt, endedAt }): Interval[] =>
      endedAt === undefined ? [] : [[startedAt, endedAt]],
    ),
    waiting: parts.approvals.flatMap(waitingOf),
  }
}

// A rule or a reviewer that decides is not a person.
function waitingOf({ askedAt, waitMs, decidedBy, kind }: Approval): Interval[] {
  const isPeople = decidedBy === undefined || decidedBy === 'user' || kind === 'user-input'
  return isPeople && waitMs !== undefined ? [[askedAt, askedAt + waitMs * 1000]] : []
}

function timesOf(busy: Busy, spans: readonly Interval[] | undefined): Times {
  const clip = (some: Interval[]): Interval[] =>
    spans === undefined ? some : spans.flatMap((span) => within(some, span))
  const [model, waiting] = [clip(busy.model), clip(busy.waiting)]
  const tools = without(clip(busy.tools), waiting)
  const times = {
    modelMs: coveredMs(model),
    toolMs: coveredMs(tools),
    waitingMs: coveredMs(waiting),
  }
  if (spans === undefined) return times
  const tookMs = coveredMs(spans)
  return { tookMs, ...times, otherMs: tookMs - coveredMs([...model, ...tools, ...waiting]) }
}

function turnStats(
  turn: Turn,
  exchanges: readonly SessionExchange[],
  busy: Busy,
  costs: (some: readonly SessionExchange[]) => { cost?: number },
): TurnStats {
  const { kind, number, startedAt, endedAt, outcome, id, threadId } = turn
  const own = exchanges.filter((one) => one.turnId === id && one.threadId === threadId)
  const span: Interval | undefined = endedAt === undefined ? undefined : [startedAt, endedAt]
  const model = own.map(exchangeInterval)
  const mine: Busy = { ...busy, model }
  return {
    kind,
    number,
    startedAt,
    ...(outcome !== undefined && { outcome }),
    ...timesOf(mine, span && [span]),
    exchanges: own.length,
    usage: totalUsage(own.map(({ usage }) => usage)),
    ...costs(own),
  }
}

function toolStats(tools: readonly Tool[], waiting: readonly Interval[]): ToolStats[] {
  const byName = new Map<string, ToolStats>()
  for (const tool of tools) {
    const { name, outcome, startedAt, endedAt, durationMs } = tool
    const stats = byName.get(name) ?? {
      ...{ name, count: 0, failed: 0, declined: 0, cancelled: 0, totalMs: 0, tookMs: [] },
    }
    byName.set(name, stats)
    stats.count += 1
    if (outcome === 'failed' || outcome === 'declined' || outcome === 'cancelled') {
      stats[outcome] += 1
    }
    if (endedAt === undefined) continue
    const took = durationMs ?? coveredMs(without([[startedAt, endedAt]], waiting))
    stats.tookMs.push(took)
    stats.totalMs += took
  }
  return [...byName.values()].sort((one, other) => other.totalMs - one.totalMs)
}

type Names = Pick<ModelStats, 'asked' | 'answered'>

function namesOf({ spans }: Session, { id, model }: SessionExchange): Names {
  const span = spans.get(id)
  const { requestModel, responseModel: answered } = chatFacts(span)
  // A span is named after the requested model; its line does not repeat it.
  const asked = requestModel ?? (spanAbout(span?.name ?? '') || model)
  return { ...(asked !== undefined && { asked }), ...(answered !== undefined && { answered }) }
}

function modelStats(
  exchanges: readonly SessionExchange[],
  named: ReadonlyMap<SessionExchange, Names>,
  paces: ReadonlyMap<string, ChunkPace>,
  costs: (some: readonly SessionExchange[]) => { cost?: number },
): ModelStats[] {
  const groups = new Map<string, { names: Names; own: SessionExchange[] }>()
  for (const exchange of exchanges) {
    const names = named.get(exchange) ?? {}
    if (names.asked === undefined && names.answered === undefined) continue
    const key = JSON.stringify([names.asked, names.answered])
    const group = groups.get(key) ?? { names, own: [] }
    groups.set(key, group)
    group.own.push(exchange)
  }
  return [...groups.values()].map(({ names, own }) => ({
    ...names,
    exchanges: own.length,
    failed: own.filter(({ outcome }) => outcome === 'failed').length,
    usage: totalUsage(own.map(({ usage }) => usage)),
    firstMs: own.flatMap(({ firstChunkMs }) => firstChunkMs ?? []),
    tokensPerSecond: own.flatMap((one) => rateOf(one, paces.get(one.id))),
    stalls: own.reduce((total, { id }) => total + (paces.get(id)?.stalls ?? 0), 0),
    longestGapMs: Math.max(0, ...own.map(({ id }) => paces.get(id)?.longestGapMs ?? 0)),
    ...costs(own),
  }))
}

/** What arrived at once has no rate. */
const LEAST_RATED_MS = 20

function rateOf({ usage }: SessionExchange, pace: ChunkPace | undefined): number[] {
  const ms = pace === undefined ? 0 : pace.lastMs - pace.firstMs
  const tokens = usage?.outputTokens
  return tokens === undefined || ms < LEAST_RATED_MS ? [] : [(tokens * 1000) / ms]
}

// A sum with parts missing would be misleading.
function costsOf(
  exchanges: readonly SessionExchange[],
  named: ReadonlyMap<SessionExchange, Names>,
  prices: Prices,
): { cost?: number } {
  let sum = 0
  for (const exchange of exchanges) {
    if (exchange.isPrewarm) continue
    const { asked, answered } = named.get(exchange) ?? {}
    if (asked === undefined && answered === undefined) continue
    const cost = costOf(exchange.usage, priceOfEither(prices, answered, asked) ?? NO_PRICE)
    if (cost === undefined || Number.isNaN(cost)) return {}
    sum += cost
  }
  return { cost: sum }
}

const NO_PRICE: Price = { input: Number.NaN, output: Number.NaN }

function priceOfEither(
  prices: Prices,
  answered: string | undefined,
  asked: string | undefined,
): Price | undefined {
  const own = answered === undefined ? undefined : priceOf(prices, answered)
  return own ?? (asked === undefined ? undefined : priceOf(prices, asked))
}

function exchangeInterval({ startedMicros, lastAt }: SessionExchange): Interval {
  return [startedMicros, startedMicros + lastAt]
}

import {
  isoOfMicros,
  joinedModels,
  joinedTools,
  type ModelStats,
  quantile,
  type SessionStats,
  type ToolStats,
  type TurnStats,
} from '@tacho/reader'
import { outputWidth } from '../output.js'
import { printable } from '../printable.js'
import { duration, localTime, tokenCount, tokenPair } from '../quantities.js'
import { shortIds } from '../short-ids.js'
import { styled } from '../style.js'
import { type Column, type Row, tableLines } from '../table.js'
import { sparkline, splitBar } from './charts.js'
import { money } from './money.js'

const TURNS: readonly Column[] = [
  { title: 'session', spare: 3 },
  { title: 'turn' },
  { title: 'started', spare: 1 },
  { title: 'took', align: 'right' },
  { title: 'model', align: 'right' },
  { title: 'tools', align: 'right' },
  { title: 'waiting', align: 'right' },
  { title: '', spare: 2 },
  { title: 'exchanges', align: 'right', spare: 2 },
  { title: 'tokens', align: 'right' },
  { title: 'cached', align: 'right', spare: 4 },
  { title: 'cost', align: 'right' },
]

const TOOLS: readonly Column[] = [
  { title: 'tool', cut: 'end', least: 12 },
  { title: 'runs', align: 'right' },
  { title: 'failed', align: 'right' },
  { title: 'declined', align: 'right' },
  { title: 'all', align: 'right' },
  { title: 'median', align: 'right' },
  { title: 'longest', align: 'right' },
]

const MODELS: readonly Column[] = [
  { title: 'asked', cut: 'end', least: 10 },
  { title: 'answered', cut: 'end', least: 10 },
  { title: 'exchanges', align: 'right' },
  { title: 'failed', align: 'right' },
  { title: 'tokens', align: 'right' },
  { title: 'cached', align: 'right' },
  { title: 'first', align: 'right' },
  { title: 'slowest', align: 'right', spare: 2 },
  { title: 'tokens/s', align: 'right' },
  { title: 'stalls', align: 'right' },
  { title: 'longest gap', align: 'right', spare: 1 },
  { title: 'cost', align: 'right' },
]

/** Describes where time, tokens and money went. */
export function statsLines(sessions: readonly SessionStats[], currency?: string): string[] {
  const width = outputWidth()
  const ids = shortIds(sessions.map(({ id }) => id))
  const turns = sessions.flatMap(({ turns: some, id }) => {
    const name = sessions.length > 1 ? printable(ids.get(id) ?? id) : ''
    return some.map((turn) => turnRow(turn, name, currency))
  })
  const [tools, models] = [joinedTools(sessions), joinedModels(sessions)]
  return [
    ...sections([
      tableLines(TURNS, turns, width),
      tableLines(TOOLS, tools.map(toolRow), width),
      tableLines(
        MODELS,
        models.map((model) => modelRow(model, currency)),
        width,
      ),
      firstLines(models),
    ]),
    '',
    ...sumLines(sessions, models, currency),
  ]
}

function sections(parts: readonly string[][]): string[] {
  return parts
    .filter((lines) => lines.length > 1)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function turnRow(turn: TurnStats, session: string, currency: string | undefined): Row {
  const { kind, number, startedAt, tookMs, modelMs, toolMs, waitingMs, usage, cost } = turn
  return [
    session,
    kind === 'user' ? String(number) : kind,
    localTime(isoOfMicros(startedAt)) ?? '',
    tookMs === undefined ? '' : duration(tookMs),
    time(modelMs),
    time(toolMs),
    time(waitingMs),
    splitBar([modelMs, toolMs, waitingMs], tookMs),
    String(turn.exchanges),
    tokenPair(usage.inputTokens, usage.outputTokens),
    cachedWords(usage.cacheReadInputTokens),
    money(cost, currency),
  ]
}

function toolRow({ name, count, failed, declined, totalMs, tookMs }: ToolStats): Row {
  return [
    printable(name),
    String(count),
    failed === 0 ? '' : { text: String(failed), style: 'bad' },
    declined === 0 ? '' : String(declined),
    time(totalMs),
    optional(quantile(tookMs, 0.5)),
    optional(quantile(tookMs, 1)),
  ]
}

function modelRow(model: ModelStats, currency: string | undefined): Row {
  const { asked, answered, exchanges, failed, usage, firstMs, tokensPerSecond, stalls } = model
  const rate = quantile(tokensPerSecond, 0.5)
  const isOther = asked !== undefined && answered !== undefined && asked !== answered
  return [
    printable(asked ?? '?'),
    isOther ? { text: printable(answered), style: 'warning' } : printable(answered ?? '?'),
    String(exchanges),
    failed === 0 ? '' : { text: String(failed), style: 'bad' },
    tokenPair(usage.inputTokens, usage.outputTokens),
    cachedWords(usage.cacheReadInputTokens),
    optional(quantile(firstMs, 0.5)),
    optional(quantile(firstMs, 1)),
    rate === undefined ? '' : rate.toFixed(rate < 10 ? 1 : 0),
    stalls === 0 ? '' : { text: String(stalls), style: 'warning' },
    time(model.longestGapMs),
    money(model.cost, currency),
  ]
}

// The time to the first token, exchange by exchange.
function firstLines(models: readonly ModelStats[]): string[] {
  const shown = models.filter(({ firstMs }) => firstMs.length > 3)
  if (shown.length === 0) return []
  return [
    styled('quiet', 'time to first token, in order'),
    ...shown.map(({ asked, answered, firstMs }) => {
      return `${sparkline(firstMs, 60)}  ${printable(answered ?? asked ?? '')}`
    }),
  ]
}

function sumLines(
  sessions: readonly SessionStats[],
  models: readonly ModelStats[],
  currency: string | undefined,
): string[] {
  const sum = (member: 'tookMs' | 'modelMs' | 'toolMs' | 'waitingMs'): number =>
    sessions.reduce((total, one) => total + (one[member] ?? 0), 0)
  const times = [
    `${duration(sum('modelMs'))} for models`,
    `${duration(sum('toolMs'))} for tools`,
    `${duration(sum('waitingMs'))} waiting for people`,
  ]
  const lines = [`${duration(sum('tookMs'))} in all: ${times.join(', ')}`]
  if (currency === undefined) return lines
  const unknown = models.filter(({ cost }) => cost === undefined)
  const known = models.reduce((total, { cost = 0 }) => total + cost, 0)
  const names = unknown.map(({ answered, asked }) => printable(answered ?? asked ?? '?'))
  const without =
    names.length === 0 ? '' : `; without ${names.join(', ')}: no price, or tokens not told`
  return [...lines, `${money(known, currency)}${without}`]
}

function cachedWords(tokens: number | undefined): string {
  return tokens === undefined ? '' : tokenCount(tokens)
}

function time(ms: number): string {
  return ms === 0 ? '' : duration(ms)
}

function optional(ms: number | undefined): string {
  return ms === undefined ? '' : duration(ms)
}

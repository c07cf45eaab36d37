import { totalUsage } from '../usage.js'
import type { ModelStats, SessionStats, ToolStats } from './session-stats.js'

/** Returns the tools of many sessions, each name once, the one that took longest first. */
export function joinedTools(sessions: readonly SessionStats[]): ToolStats[] {
  const byName = new Map<string, ToolStats>()
  for (const tool of sessions.flatMap(({ tools }) => tools)) {
    const before = byName.get(tool.name)
    byName.set(tool.name, before === undefined ? tool : bothTools(before, tool))
  }
  return [...byName.values()].sort((one, other) => other.totalMs - one.totalMs)
}

function bothTools(one: ToolStats, other: ToolStats): ToolStats {
  return {
    name: one.name,
    count: one.count + other.count,
    failed: one.failed + other.failed,
    declined: one.declined + other.declined,
    cancelled: one.cancelled + other.cancelled,
    totalMs: one.totalMs + other.totalMs,
    tookMs: [...one.tookMs, ...other.tookMs],
  }
}

/** Returns the models of many sessions, each pair of requested and answering model once. */
export function joinedModels(sessions: readonly SessionStats[]): ModelStats[] {
  const byName = new Map<string, ModelStats>()
  for (const model of sessions.flatMap(({ models }) => models)) {
    const key = JSON.stringify([model.asked, model.answered])
    const before = byName.get(key)
    byName.set(key, before === undefined ? model : bothModels(before, model))
  }
  return [...byName.values()]
}

function bothModels(one: ModelStats, other: ModelStats): ModelStats {
  const { cost: _, ...rest } = one
  const hasCost = one.cost !== undefined && other.cost !== undefined
  return {
    ...rest,
    exchanges: one.exchanges + other.exchanges,
    failed: one.failed + other.failed,
    usage: totalUsage([one.usage, other.usage]),
    firstMs: [...one.firstMs, ...other.firstMs],
    tokensPerSecond: [...one.tokensPerSecond, ...other.tokensPerSecond],
    stalls: one.stalls + other.stalls,
    longestGapMs: Math.max(one.longestGapMs, other.longestGapMs),
    ...(hasCost && { cost: (one.cost ?? 0) + (other.cost ?? 0) }),
  }
}

/**
 * Returns a quantile: at least this share of all values are no larger; undefined if there are none.
 */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

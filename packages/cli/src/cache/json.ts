import type { CachedExchange, Prices } from '@tacho/reader'
import { lostCost } from './lost-cost.js'

/** Returns a request for `tacho cache --json` (docs/cli.md). Unknown values are null. */
export function cachedJson(one: CachedExchange, prices?: Prices): object {
  return {
    exchange: one.exchange,
    previous: one.previous ?? null,
    threadId: one.threadId ?? null,
    model: one.model ?? null,
    idleMs: one.idleMs ?? null,
    inputTokens: one.inputTokens ?? null,
    cachedTokens: one.cachedTokens ?? null,
    shared: one.shared ?? null,
    verdict: one.verdict,
    difference: one.difference ?? null,
    lostTokens: one.lostTokens ?? null,
    lostCost: lostCost(one, prices) ?? null,
  }
}

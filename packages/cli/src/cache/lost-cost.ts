import { type CachedExchange, lossOf, type Prices, priceOf } from '@tacho/reader'

/**
 * Returns the cost of tokens that were not read from the cache; undefined if there were none, or
 * their price is unknown.
 */
export function lostCost(
  { lostTokens, model }: CachedExchange,
  prices: Prices | undefined,
): number | undefined {
  if (lostTokens === undefined || model === undefined || prices === undefined) return undefined
  const price = priceOf(prices, model)
  return price === undefined ? undefined : lossOf(lostTokens, price)
}

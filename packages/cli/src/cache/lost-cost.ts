import { type CachedExchange, lossOf, type Prices, priceOf } from '@tacho/reader'

/** What it cost that tokens were read anew; nothing where none were, or their price is not known. */
export function lostCost(
  { lostTokens, model }: CachedExchange,
  prices: Prices | undefined,
): number | undefined {
  if (lostTokens === undefined || model === undefined || prices === undefined) return undefined
  const price = priceOf(prices, model)
  return price === undefined ? undefined : lossOf(lostTokens, price)
}

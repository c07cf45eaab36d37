import type { Usage } from '@tacho/model'

/** What tokens of a model cost, in the table's currency for a million of them. */
export type Price = { input: number; cachedInput?: number; output: number }

/** A table of prices, as a user gives it. */
export type Prices = { currency: string; models: ReadonlyMap<string, Price> }

/** The price of a model: that of its own name, or of one that ends with `*` and that it begins with. */
export function priceOf(prices: Prices, model: string): Price | undefined {
  const exact = prices.models.get(model)
  if (exact !== undefined) return exact
  const [longest] = [...prices.models.keys()]
    .filter((name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)))
    .sort((one, other) => other.length - one.length)
  return longest === undefined ? undefined : prices.models.get(longest)
}

/** What a use costs; nothing where its input or output tokens were not told. */
export function costOf(usage: Usage | undefined, price: Price): number | undefined {
  const { inputTokens, outputTokens, cacheReadInputTokens: cached = 0 } = usage ?? {}
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  const { input, cachedInput = input, output } = price
  const fresh = Math.max(0, inputTokens - cached)
  return (fresh * input + cached * cachedInput + outputTokens * output) / 1_000_000
}

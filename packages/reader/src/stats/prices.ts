import type { Usage } from '@tacho/model'

/** What a model's tokens cost, in the table's currency per million. */
export type Price = {
  input: number
  /** For input read from the cache, and for input written to it; by default like other input. */
  cachedInput?: number
  cacheWrite?: number
  output: number
}

/** The user's table of prices. */
export type Prices = { currency: string; models: ReadonlyMap<string, Price> }

/** Returns the price of a model: under its own name, or under a prefix of it that ends with `*`. */
export function priceOf(prices: Prices, model: string): Price | undefined {
  const exact = prices.models.get(model)
  if (exact !== undefined) return exact
  const [longest] = [...prices.models.keys()]
    .filter((name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)))
    .sort((one, other) => other.length - one.length)
  return longest === undefined ? undefined : prices.models.get(longest)
}

/** Returns the cost of a usage; undefined if its input or output tokens are unknown. */
export function costOf(usage: Usage | undefined, price: Price): number | undefined {
  const { inputTokens, outputTokens } = usage ?? {}
  const { cacheReadInputTokens: cached = 0, cacheCreationInputTokens: written = 0 } = usage ?? {}
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  const { input, cachedInput = input, cacheWrite = input, output } = price
  const fresh = Math.max(0, inputTokens - cached - written)
  return perMillion(
    fresh * input + cached * cachedInput + written * cacheWrite + outputTokens * output,
  )
}

/** Returns the additional cost of tokens that were not read from the cache. */
export function lossOf(tokens: number, { input, cachedInput = input }: Price): number {
  return perMillion(tokens * (input - cachedInput))
}

function perMillion(cost: number): number {
  return cost / 1_000_000
}

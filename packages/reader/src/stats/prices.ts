import type { Usage } from '@tacho/model'

/** What tokens of a model cost, in the table's currency for a million of them. */
export type Price = {
  input: number
  /** Of input that comes from the cache, and of what is written into it; as other input where left out. */
  cachedInput?: number
  cacheWrite?: number
  output: number
}

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
  const { inputTokens, outputTokens } = usage ?? {}
  const { cacheReadInputTokens: cached = 0, cacheCreationInputTokens: written = 0 } = usage ?? {}
  if (inputTokens === undefined || outputTokens === undefined) return undefined
  const { input, cachedInput = input, cacheWrite = input, output } = price
  const fresh = Math.max(0, inputTokens - cached - written)
  return perMillion(
    fresh * input + cached * cachedInput + written * cacheWrite + outputTokens * output,
  )
}

/** What tokens cost more that were read anew, and not from the cache. */
export function lossOf(tokens: number, { input, cachedInput = input }: Price): number {
  return perMillion(tokens * (input - cachedInput))
}

function perMillion(cost: number): number {
  return cost / 1_000_000
}

import { readFileSync } from 'node:fs'
import type { Price, Prices } from '@tacho/reader'
import { CommandError, EXIT } from '../command-error.js'

/**
 * Reads a table of prices (docs/cli.md).
 *
 * @throws CommandError `wrong-prices`
 */
export function readPrices(file: string): Prices {
  const value = parsed(file)
  const { currency, models } = objectOf(value)
  if (typeof currency !== 'string') throw wrong(file, 'it has no "currency"')
  if (!isObject(models)) throw wrong(file, 'it has no "models"')
  const entries = Object.entries(models).map(([name, price]): [string, Price] => {
    const { input, cachedInput, cacheWrite, output } = objectOf(price)
    if (!isPrice(input) || !isPrice(output)) {
      throw wrong(file, `${JSON.stringify(name)} has no "input" or no "output" that is a number`)
    }
    const more = Object.entries({ cachedInput, cacheWrite }).filter(([, one]) => one !== undefined)
    for (const [member, one] of more) {
      if (!isPrice(one)) throw wrong(file, `"${member}" of ${JSON.stringify(name)} is not a number`)
    }
    return [name, { input, output, ...Object.fromEntries(more) }]
  })
  return { currency, models: new Map(entries) }
}

function parsed(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw wrong(file, `it cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause)
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw wrong(file, `it is not JSON (${(cause as Error).message})`, cause)
  }
}

function wrong(file: string, why: string, cause?: unknown): CommandError {
  const example =
    '{"currency": "USD", "models": {"gpt-5.5": {"input": 1.25, "cachedInput": 0.125, "output": 10}}}'
  const words = `the prices in ${file} cannot be used: ${why}.\nIt is to hold prices for a million tokens: ${example}`
  return new CommandError('wrong-prices', EXIT.wrongUse, words, { cause })
}

function isPrice(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

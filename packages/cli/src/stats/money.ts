import { printable } from '../printable.js'

/** A sum of a table of prices, in words; nothing where it is not known. */
export function money(cost: number | undefined, currency: string | undefined): string {
  if (cost === undefined || currency === undefined) return ''
  return `${cost.toFixed(cost < 1 ? 4 : 2)} ${printable(currency)}`
}

import { printable } from '../printable.js'

/** Formats an amount in the currency of the prices; empty if unknown. */
export function money(cost: number | undefined, currency: string | undefined): string {
  if (cost === undefined || currency === undefined) return ''
  return `${cost.toFixed(cost < 1 ? 4 : 2)} ${printable(currency)}`
}

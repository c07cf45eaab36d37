import type { UnparsedRecord } from '@tacho/format'
import type { Unparsed } from '@tacho/model'

/** Adds one: the first for each side, because a file could hold any number. */
export function noteUnparsed(
  exchange: { unparsed?: Unparsed[] },
  { side, reason }: UnparsedRecord,
): void {
  exchange.unparsed ??= []
  if (exchange.unparsed.some((known) => known.side === side)) return
  exchange.unparsed.push({ side, reason })
}

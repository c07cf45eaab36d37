/** Random numbers: the same seed gives the same conversation. */
export type Random = {
  /** An integer from 0 up to, but not including, `below`. */
  below(below: number): number
  pick<Item>(items: readonly Item[]): Item
  hex(length: number): string
  uuid(): string
  base64(length: number): string
}

/** @param seed 32 bits; the generator is mulberry32 (public domain, Tommy Ettinger). */
export function randomFrom(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number): number => next() % limit
  const letters = (alphabet: string, length: number): string => {
    let text = ''
    while (text.length < length) text += alphabet.charAt(below(alphabet.length))
    return text
  }
  const hex = (length: number): string => letters('0123456789abcdef', length)
  return {
    below,
    hex,
    pick: <Item>(items: readonly Item[]): Item => {
      const item = items[below(items.length)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
    uuid: () => `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`,
    base64: (length) =>
      letters('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', length),
  }
}

/** Shorter ones are hard to tell apart by eye, and soon ambiguous. */
const SHORTEST = 8

/** Returns for each id its shortest unique prefix, of at least 8 characters. */
export function shortIds(ids: readonly string[]): Map<string, string> {
  const sorted = [...new Set(ids)].sort()
  return new Map(
    sorted.map((id, index) => {
      const shared = Math.max(
        sharedLength(id, sorted[index - 1] ?? ''),
        sharedLength(id, sorted[index + 1] ?? ''),
      )
      return [id, id.slice(0, Math.max(SHORTEST, shared + 1))]
    }),
  )
}

function sharedLength(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}

/**
 * Scrubs every text in a JSON value, including names of members, at any depth; returns the same
 * value if nothing was replaced.
 *
 * @param scrub returns the same text if there is nothing to replace.
 * @throws RangeError if the value is nested more deeply than the stack allows.
 */
export function scrubValue<Value>(value: Value, scrub: (text: string) => string): Value {
  return scrubbed(value, scrub) as Value
}

function scrubbed(value: unknown, scrub: (text: string) => string): unknown {
  if (typeof value === 'string') return scrub(value)
  if (Array.isArray(value)) {
    const items = value.map((item) => scrubbed(item, scrub))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value)
  const after = members.map(([name, member]) => [scrub(name), scrubbed(member, scrub)] as const)
  const isSame = after.every(([name, member], index) => {
    const [nameBefore, memberBefore] = members[index] ?? []
    return name === nameBefore && member === memberBefore
  })
  if (isSame) return value
  // A member may be called `__proto__`, which is special in an ordinary object.
  return Object.assign(Object.create(null), Object.fromEntries(after))
}

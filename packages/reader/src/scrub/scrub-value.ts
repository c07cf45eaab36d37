/**
 * A JSON value with every text in it scrubbed, names of members too, however deep; the very same
 * value where nothing was replaced.
 *
 * @param scrub gives the same text where it has nothing to replace.
 * @throws RangeError where it is nested more deeply than the stack goes.
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
  // A member may be called `__proto__`, which an ordinary object would take for something else.
  return Object.assign(Object.create(null), Object.fromEntries(after))
}

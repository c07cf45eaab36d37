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

// Most values stay the same, so nothing is built until something is replaced.
function scrubbed(value: unknown, scrub: (text: string) => string): unknown {
  if (typeof value === 'string') return scrub(value)
  if (typeof value !== 'object' || value === null) return value
  return Array.isArray(value) ? scrubbedList(value, scrub) : scrubbedMembers(value, scrub)
}

function scrubbedList(list: readonly unknown[], scrub: (text: string) => string): unknown {
  let items: unknown[] | undefined
  for (let index = 0; index < list.length; index += 1) {
    const item = scrubbed(list[index], scrub)
    if (items === undefined && item !== list[index]) items = list.slice(0, index)
    items?.push(item)
  }
  return items ?? list
}

function scrubbedMembers(value: object, scrub: (text: string) => string): unknown {
  const before = value as Record<string, unknown>
  const names = Object.keys(value)
  let members: [name: string, member: unknown][] | undefined
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? ''
    const nameAfter = scrub(name)
    const member = scrubbed(before[name], scrub)
    if (members === undefined && (nameAfter !== name || member !== before[name]))
      members = names.slice(0, index).map((same) => [same, before[same]])
    members?.push([nameAfter, member])
  }
  if (members === undefined) return value
  // A member may be called `__proto__`, which would set the prototype of an ordinary object.
  return Object.assign(Object.create(null), Object.fromEntries(members))
}

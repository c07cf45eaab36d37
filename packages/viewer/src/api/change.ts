/**
 * How a value differs from an earlier one: enough to make the later from the earlier. A list that
 * has grown is extended; what is unchanged is not repeated.
 */
export type Change =
  | { now: unknown }
  /**
   * Names come from files: pairs, because `__proto__` cannot be an ordinary member of an object.
   */
  | { members: [name: string, change: Change][]; gone?: string[] }
  | { length: number; items: [index: number, change: Change][] }

/**
 * Returns what has changed; undefined if nothing has. Identical objects are not examined, so the
 * time taken depends on what is new.
 */
export function changeOf(before: unknown, now: unknown): Change | undefined {
  if (Object.is(before, now)) return undefined
  if (Array.isArray(before) && Array.isArray(now)) return changeOfLists(before, now)
  return isObject(before) && isObject(now) ? changeOfObjects(before, now) : { now }
}

/**
 * Returns the later value. It shares what is unchanged with the earlier one, which stays as it is.
 */
export function changed(before: unknown, change: Change): unknown {
  if ('now' in change) return change.now
  if ('members' in change) {
    const members = new Map(Object.entries(before as object))
    for (const name of change.gone ?? []) members.delete(name)
    for (const [name, inner] of change.members) {
      members.set(name, changed(members.get(name), inner))
    }
    return Object.fromEntries(members)
  }
  const list = (before as unknown[]).slice(0, change.length)
  for (const [index, inner] of change.items) list[index] = changed(list[index], inner)
  return list
}

function changeOfLists(before: readonly unknown[], now: readonly unknown[]): Change | undefined {
  const items: [number, Change][] = []
  for (const [index, one] of now.entries()) {
    const change = index < before.length ? changeOf(before[index], one) : { now: one }
    if (change !== undefined) items.push([index, change])
  }
  if (items.length === 0 && now.length === before.length) return undefined
  return { length: now.length, items }
}

type Members = Readonly<Record<string, unknown>>

function changeOfObjects(before: Members, now: Members): Change | undefined {
  const members: [string, Change][] = []
  for (const [name, one] of told(now)) {
    const change = Object.hasOwn(before, name) ? changeOf(before[name], one) : { now: one }
    if (change !== undefined) members.push([name, change])
  }
  const names = new Set(told(now).map(([name]) => name))
  const gone = told(before).flatMap(([name]) => (names.has(name) ? [] : [name]))
  if (members.length === 0 && gone.length === 0) return undefined
  return { members, ...(gone.length > 0 && { gone }) }
}

/** JSON has no undefined members. */
function told(object: Members): [string, unknown][] {
  return Object.entries(object).filter(([, value]) => value !== undefined)
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Returns our user's id as the kernel's tables show it for our sockets, or undefined if it is
 * ambiguous. In a user namespace all users without an id of their own share one, and we may be
 * among them (user_namespaces(7), "Unmapped user and group IDs").
 */
export function userOfSockets(): number | undefined {
  const uid = process.geteuid?.()
  if (uid === undefined) return undefined
  try {
    if (uid !== Number(readFileSync('/proc/sys/kernel/overflowuid', 'utf8'))) return uid
    return isMapped(uid, readFileSync('/proc/self/uid_map', 'utf8')) ? uid : undefined
  } catch {
    return uid
  }
}

/**
 * Whether /proc uses our process ids. In a PID namespace without its own /proc, it shows another
 * namespace's processes and ids.
 */
export function isProcOurs(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid)
  } catch {
    return false
  }
}

/** A line of the map: the first id inside, the first id outside, and how many. */
export function isMapped(uid: number, map: string): boolean {
  return map.split('\n').some((line) => {
    const [inside, , count] = line.split(' ').filter(Boolean).map(Number)
    return inside !== undefined && count !== undefined && uid >= inside && uid < inside + count
  })
}

import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Our user's id as it stands beside our own sockets in the kernel's tables; nothing where it could
 * be anybody's. In a user namespace all who have no id of their own there share one, and we may be
 * one of them (user_namespaces(7), "Unmapped user and group IDs").
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
 * Whether /proc names processes as we do. In a process namespace without a /proc of its own it
 * shows those of another one, under other ids.
 */
export function isProcOurs(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid)
  } catch {
    return false
  }
}

/** A line of the map says: from which id inside, from which outside, and how many. */
export function isMapped(uid: number, map: string): boolean {
  return map.split('\n').some((line) => {
    const [inside, , count] = line.split(' ').filter(Boolean).map(Number)
    return inside !== undefined && count !== undefined && uid >= inside && uid < inside + count
  })
}

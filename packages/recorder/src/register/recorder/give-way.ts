import { writeFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

const { PRIORITY_BELOW_NORMAL: BELOW, PRIORITY_NORMAL: NORMAL } = constants.priority

/**
 * The kernel accepts one such change per 100 ms, for all users together: if many processes start at
 * once, some have to retry.
 */
const AGAIN_MILLISECONDS = 150
const TIMES = 20

/**
 * Lowers this process's priority, so that the host goes first when the processor is busy.
 *
 * @returns a function that restores it, for when the host has ended and waits for us.
 */
export function giveWay(): () => void {
  quietly(() => {
    if (getPriority() < BELOW) setPriority(BELOW)
  })
  let again = giveWayAsGroup(BELOW)
  return () => {
    clearTimeout(again.timer)
    again = giveWayAsGroup(NORMAL)
  }
}

type Again = { timer?: NodeJS.Timeout }

// On most desktops, Linux divides the processor between sessions first, and a detached process has
// its own: without this it would get as much as the host, whatever its priority within the session
// (sched(7)).
function giveWayAsGroup(priority: number): Again {
  const again: Again = {}
  const attempt = (times: number) =>
    quietly(() => {
      try {
        writeFileSync('/proc/self/autogroup', String(priority), { flag: 'r+' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || times <= 1) throw error
        again.timer = setTimeout(() => attempt(times - 1), AGAIN_MILLISECONDS).unref()
      }
    })
  attempt(TIMES)
  return again
}

// If the system lacks this or forbids it, both have the same priority.
function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // See above.
  }
}

import { writeFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

const { PRIORITY_BELOW_NORMAL: BELOW, PRIORITY_NORMAL: NORMAL } = constants.priority

/**
 * The kernel takes one such change in 100 ms, of all users together: where many processes start at
 * once, some have to come again.
 */
const AGAIN_MILLISECONDS = 150
const TIMES = 20

/**
 * Where the processor does not suffice for the host and for us, the host goes first.
 *
 * @returns what ends that: the host has ended, and waits for us.
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

// On most desktops Linux shares the processor out among sessions first, and a detached process is one of
// its own: without this it gets as much as the host, whatever its priority is within that (sched(7)).
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

// Where the system does not have it or does not allow it, both are alike.
function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // See above.
  }
}

import { readdirSync, writeFileSync } from 'node:fs'
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
    if (getPriority() >= BELOW) return
    // One may have ended by now.
    for (const thread of threads()) quietly(() => setPriority(thread, BELOW))
  })
  let again = giveWayAsGroup(BELOW)
  return () => {
    clearTimeout(again.timer)
    again = giveWayAsGroup(NORMAL)
  }
}

/**
 * Linux has a priority for each thread, and V8's, which compile and collect garbage, are there before
 * any of our code. Threads that begin later take over that of the one that starts them.
 */
function threads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    return [process.pid]
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

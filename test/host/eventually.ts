import { setTimeout as wait } from 'node:timers/promises'

const INTERVAL_MS = 20
// On a busy machine a TUI takes most of a minute to start.
const DEADLINE_MS = 90_000

/**
 * Repeats a check until it returns without throwing, and returns its result. For states that only
 * the system shows, such as files that another process writes; for everything else, wait for its
 * promise. After the deadline it rejects with the check's last error.
 *
 * @example
 * const names = await eventually(() => namesOf(folder))
 * await eventually(() => expect(existsSync(path)).toBe(true))
 */
export async function eventually<Value>(
  check: () => Value | Promise<Value>,
  deadlineMs: number = DEADLINE_MS,
): Promise<Value> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    try {
      return await check()
    } catch (cause) {
      if (performance.now() > deadline) throw cause
    }
    await wait(INTERVAL_MS)
  }
}

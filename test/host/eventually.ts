import { setTimeout as wait } from 'node:timers/promises'

const INTERVAL_MS = 20
const DEADLINE_MS = 45_000

/**
 * Asks again until a check returns without throwing, and gives what it returns. For states that
 * only the system shows, such as files that another process writes; wait for everything else by its
 * promise. After the deadline it rejects with what the check last threw.
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

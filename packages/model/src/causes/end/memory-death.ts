import type { SessionEnd } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { lastWords } from './last-words.js'

/**
 * What programs print when they run out of memory: Rust, V8, glibc, C++, Python, Java, Go, the
 * kernel.
 */
const OUT_OF_MEMORY =
  /memory allocation of \d+ bytes failed|out of memory|cannot allocate memory|buffer allocation failed|std::bad_alloc|MemoryError|ENOMEM/i

/** V8 has a limit of its own, whatever memory the machine has. */
const FULL_HEAP = /heap out of memory|reached heap limit|near heap limit/i
export const LARGER_HEAP =
  'Give Node a larger heap, in MB: NODE_OPTIONS=--max-old-space-size=8192. If it only takes longer then, the program holds on to more and more.'

/** Returns whether the agent ran out of memory, with the evidence. */
export function memoryDeath(
  session: SessionCase,
  signal: string | undefined,
): SessionEnd | undefined {
  const last = session.runs.at(-1)
  const kills = last?.memoryKillsAtEnd ?? 0
  if (signal === 'SIGKILL' && kills > 0) {
    return {
      code: 'oom-killed',
      certainty: 'certain',
      clues: [
        {
          at: last?.ended,
          text: `the kernel killed ${kills} in its cgroup because memory ran out`,
        },
      ],
      sentence: 'The kernel killed the agent because memory ran out.',
    }
  }
  const run = last?.run
  if (run === undefined || run.ended === 'completed') return undefined
  const said = lastWords(session).findLast(({ text }) => OUT_OF_MEMORY.test(text))
  if (said === undefined) return undefined
  return {
    code: 'oom-killed',
    certainty: 'likely',
    clues: [{ at: said.place, text: said.text }],
    sentence: 'The agent could not get more memory, and ended.',
    ...(FULL_HEAP.test(said.text) && { next: LARGER_HEAP }),
  }
}

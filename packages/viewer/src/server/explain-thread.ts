import { parentPort, workerData } from 'node:worker_threads'
import { keptExplanation } from '@tacho/reader'
import type { Explained } from './explained-apart.js'

// The thread that explains one session: its folder is the thread's own data.
keptExplanation(String(workerData)).then(
  (told) => answer({ told }),
  ({ code, message }) => answer({ failed: { code, message } }),
)

function answer(explained: Explained): void {
  parentPort?.postMessage(explained)
}

import { parentPort, workerData } from 'node:worker_threads'
import { FollowedExplanation, keptExplanation } from '@tacho/reader'
import type { Explained } from './explained-apart.js'

// The thread that explains one session, whenever it is asked; the session's folder is its
// `workerData`.
const folder = String(workerData)
const followed = new FollowedExplanation(folder)

parentPort?.on('message', () => {
  keptExplanation(folder, () => followed.explain()).then(
    (told) => answer({ told }),
    ({ code, message }) => answer({ failed: { code, message } }),
  )
})

function answer(explained: Explained): void {
  parentPort?.postMessage(explained)
}

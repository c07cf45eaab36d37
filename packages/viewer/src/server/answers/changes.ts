import { isRunning } from '@tacho/reader'
import type { Asked } from '../routes.js'
import { stampOf } from '../sessions.js'
import { sessionIn } from './named.js'

/** An event is on the screen within half a second: this, and the time to read what is new. */
const INTERVAL_MS = 50
/** A process that is killed writes nothing, so every few times it is looked at. */
const LOOKS = 20

/** Says that a session has changed, a line each time, until nobody listens any more. */
export function answerChanges(asked: Asked): void {
  const { folder } = sessionIn(asked)
  const { response } = asked
  response.setHeader('content-type', 'application/x-ndjson')
  response.flushHeaders()
  let stamp = stampOf(folder)
  let wasRunning = isRunning(folder)
  let looks = 0
  const timer = setInterval(() => {
    const now = stampOf(folder)
    looks += 1
    const isOver = wasRunning && looks % LOOKS === 0 && !isRunning(folder)
    // Who does not take it is told later.
    if ((now === stamp && !isOver) || response.writableNeedDrain) return
    wasRunning = !isOver
    stamp = now
    response.write('{"changed":true}\n')
  }, INTERVAL_MS)
  timer.unref()
  response.once('close', () => clearInterval(timer))
}

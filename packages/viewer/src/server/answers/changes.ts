import type { Asked } from '../routes.js'
import { stampOf } from '../sessions.js'
import { sessionIn } from './named.js'

/** An event is on the screen within half a second: this, and the time to read what is new. */
const INTERVAL_MS = 200

/** Says that a session has changed, a line each time, until nobody listens any more. */
export function answerChanges(asked: Asked): void {
  const { folder } = sessionIn(asked)
  const { response } = asked
  response.setHeader('content-type', 'application/x-ndjson')
  response.flushHeaders()
  let stamp = stampOf(folder)
  const timer = setInterval(() => {
    const now = stampOf(folder)
    if (now === stamp) return
    stamp = now
    // Who does not take it will hear of the next change.
    if (!response.writableNeedDrain) response.write('{"changed":true}\n')
  }, INTERVAL_MS)
  timer.unref()
  response.once('close', () => clearInterval(timer))
}

import { isRunning } from '@tacho/reader'
import type { SessionAnswer } from '../../api/answers.js'
import { changeOf } from '../../api/change.js'
import type { Asked } from '../routes.js'
import { stampOf } from '../sessions.js'
import { sessionIn } from './named.js'

/** An event is on the screen within half a second: this, and the time to read what is new. */
const INTERVAL_MS = 50
/** A process that is killed writes nothing, so every few times it is looked at. */
const LOOKS = 20

/**
 * What a session is, and then each change of it, a line each, until nobody listens any more. What
 * goes out grows with what is new, and not with the session.
 */
export async function answerChanges(asked: Asked): Promise<void> {
  const { response, sessions } = asked
  const session = sessionIn(asked)
  let stamp = stampOf(session.folder)
  let told: SessionAnswer | undefined
  const tell = async (): Promise<void> => {
    const now = await sessions.shown(session)
    const change = changeOf(told, now)
    told = now
    if (change !== undefined && !response.destroyed) response.write(`${JSON.stringify(change)}\n`)
  }
  response.setHeader('content-type', 'application/x-ndjson')
  await tell()
  if (asked.request.method === 'HEAD') {
    response.end()
    return
  }
  let isBusy = false
  let looks = 0
  const look = async (): Promise<void> => {
    const now = stampOf(session.folder)
    looks += 1
    const isOver = told?.ended === 'running' && looks % LOOKS === 0 && !isRunning(session.folder)
    // Who does not take it is told later.
    if ((now === stamp && !isOver) || response.writableNeedDrain) return
    stamp = now
    await tell()
  }
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    look()
      // Its folder is gone, or of a later format by now: the page asks again, and is told so.
      .catch(() => response.end())
      .finally(() => {
        isBusy = false
      })
  }, INTERVAL_MS)
  timer.unref()
  response.once('close', () => clearInterval(timer))
  if (response.destroyed) clearInterval(timer)
}

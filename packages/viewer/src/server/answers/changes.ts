import { isRunning } from '@tacho/reader'
import type { SessionAnswer } from '../../api/answers.js'
import { changeOf } from '../../api/change.js'
import type { Asked } from '../routes.js'
import { stampOf } from '../sessions.js'
import { sessionIn } from './named.js'

/** An event must be on the screen within half a second: this, and the time to read new data. */
const INTERVAL_MS = 50
/** A killed process writes nothing, so every few times its state is checked. */
const LOOKS = 20

/**
 * Answers with a session, and then each change of it, one per line, until the client disconnects.
 * The output grows with what is new, not with the session.
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
    // A client that is not reading is told later.
    if ((now === stamp && !isOver) || response.writableNeedDrain) return
    stamp = now
    await tell()
  }
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    look()
      // Its folder is gone, or has a later format by now: the page asks again, and is told so.
      .catch(() => response.end())
      .finally(() => {
        isBusy = false
      })
  }, INTERVAL_MS)
  timer.unref()
  response.once('close', () => clearInterval(timer))
  if (response.destroyed) clearInterval(timer)
}

import { join } from 'node:path'
import { explainSession } from '@tacho/reader'
import { expect, test } from 'vitest'
import { SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { sessionsDirectory } from './session-folder.js'

/** A session whose only answer says this, then sends comments until the agent goes away. */
async function answered(events: readonly string[]): Promise<string> {
  const root = sessionsDirectory()
  const recording = startRecording(root)
  const began = recording.now()
  const after = (milliseconds: number) => began + milliseconds * 1000
  const exchange = recording.exchange(
    {
      method: 'POST',
      url: 'http://127.0.0.1:4000/v1/responses',
      headers: [['content-type', 'application/json']],
      provider: 'openai',
      conversation: { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' },
    },
    began,
  )
  exchange.requestBytes(Buffer.from('{"model":"scripted","input":[]}'))
  exchange.requestEnd(began)
  exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']], after(5))
  for (const event of events) exchange.responseBytes(Buffer.from(event), after(10))
  // Its end is held back, since a key could begin there: two records for each.
  for (let seconds = 1; seconds < 30; seconds += 1)
    exchange.responseBytes(Buffer.from(': keep-alive\n\n'), after(1000 * seconds))
  exchange.end({ state: 'cancelled' }, after(30_000))
  await recording.close({ exitCode: 1 })
  return join(root, SESSION_ID)
}

const DELTA = `event: response.output_text.delta\ndata: ${JSON.stringify({
  type: 'response.output_text.delta',
  delta: 'I begin',
})}\n\n`

test.each([
  ['comments alone are no answer', [], 'slow-first-token'],
  ['comments behind a text are no more of it', [DELTA], 'stalled-stream'],
])('%s', async (_, events, code) => {
  const { causes } = await explainSession(await answered(events))
  expect(causes.map((cause) => cause.code)).toEqual([code])
})

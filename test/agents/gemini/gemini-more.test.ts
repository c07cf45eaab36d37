import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually } from '../../host/index.js'
import { geminiPlace } from './place.js'

const PROMPT = ['-m', 'gemini-2.5-flash', '-p', 'Say hello']

// Each takes some seconds, so `npm run soak` runs them.
describe.skipIf(!isSoak)('Gemini CLI', () => {
  test('an error of the API is told, and it ends as it does alone', async () => {
    await using place = await geminiPlace([{ status: 400 }])
    const alone = await place.alone(...PROMPT)
    const ended = await place.tacho('gemini', '--persist-session', ...PROMPT)
    expect(ended.exitCode).toBe(alone.exitCode)
    const { exchanges } = await place.told('show', 'last')
    expect(exchanges).toContainEqual(expect.objectContaining({ status: 400, outcome: 'failed' }))
  }, 300_000)

  test('what is in flight at kill -9 stands there so, under the session of its id', async () => {
    await using place = await geminiPlace([{ text: 'Endless', deltas: 3, holdAfter: 1 }])
    await using running = place.startTacho('gemini', '--persist-session', ...PROMPT)
    await place.model.responseSent(1, 1)
    // Before the answer goes on, its request is on disk.
    await eventually(() => expect(place.session().exchanges).toHaveLength(1))
    running.kill('SIGKILL')
    await running.ended
    const { session, exchanges } = await place.told('show', 'last')
    expect(session.ended).toBe('died')
    expect(session.id).toMatch(/^[0-9a-f-]{36}$/)
    expect(exchanges).toMatchObject([{ state: 'in-flight' }])
  }, 300_000)
})

import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { Later } from '../../packages/recorder/src/later.js'
import {
  DEFER_MILLISECONDS,
  FLOW_BYTES,
  OVERDUE_MILLISECONDS,
  WAITING_BYTES,
} from '../../packages/recorder/src/limits.js'

afterEach(() => {
  vi.restoreAllMocks()
})

test('what is to be done now is done in its order, with what it defers in its turn', () => {
  const later = new Later()
  const done: string[] = []
  later.defer(() => {
    done.push('deferred')
    later.defer(() => done.push('deferred by that'))
  })
  later.lane().do(() => done.push('in a lane'))
  later.settleAll()
  expect(done).toEqual(['in a lane', 'deferred', 'deferred by that'])
})

test('what is deferred after that is done of itself', async () => {
  const later = new Later()
  later.defer(() => {})
  later.settleAll()
  await new Promise<void>((resolve) => later.defer(resolve))
})

/** A lane with work while an answer is awaited, on a clock that stands still. */
function awaiting() {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  const later = new Later()
  const answer = {}
  const done: string[] = []
  later.awaits(answer)
  const lane = later.lane()
  const isDone = new Promise<void>((resolve) => {
    lane.do(() => {
      done.push('the request')
      resolve()
    })
  })
  return { clock, later, lane, answer, done, isDone }
}

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn()
}

test('what a lane was given waits while an answer may come at once', async () => {
  const { clock, done, isDone } = awaiting()
  await someTurns()
  expect(done).toEqual([])
  clock.mockReturnValue(DEFER_MILLISECONDS)
  await isDone
})

test('it is done once the answer has come', async () => {
  const { later, answer, done, isDone } = awaiting()
  await someTurns()
  expect(done).toEqual([])
  later.hasCome(answer)
  await isDone
})

test('an answer that is not sooner than all others waits for it', () => {
  const { clock, lane, done } = awaiting()
  clock.mockReturnValue(OVERDUE_MILLISECONDS)
  lane.settleOverdue()
  expect(done).toEqual([])
  clock.mockReturnValue(OVERDUE_MILLISECONDS + 1)
  lane.settleOverdue()
  expect(done).toEqual(['the request'])
})

test('what a lane must have done is done behind what another was given before', () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  const later = new Later()
  const done: string[] = []
  const [first, second] = [later.lane(), later.lane()]
  first.do(() => done.push('a request'))
  first.do(() => done.push('its body'))
  second.do(() => done.push('the next request'))
  first.do(() => done.push('its answer'))
  clock.mockReturnValue(OVERDUE_MILLISECONDS + 1)
  second.settleOverdue()
  expect(done).toEqual(['a request', 'its body', 'the next request'])
})

test('a large answer is recorded when no more of it comes at once', async () => {
  const later = new Later()
  const lane = later.lane()
  let done = 0
  for (let turn = 0; turn < 20; turn += 1) {
    lane.do(() => {
      done += 1
    }, FLOW_BYTES)
    await nextTurn()
  }
  expect(done).toBe(0)
  await someTurns()
  expect(done).toBe(20)
})

test('of a larger one the oldest is recorded, so that no more waits than may', () => {
  const later = new Later()
  const lane = later.lane()
  const done: number[] = []
  for (let part = 0; part < 6; part += 1) lane.do(() => done.push(part), WAITING_BYTES / 4)
  expect(done).toEqual([0, 1])
})

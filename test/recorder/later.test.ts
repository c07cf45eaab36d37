import { expect, test } from 'vitest'
import { Later } from '../../packages/recorder/src/later.js'

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

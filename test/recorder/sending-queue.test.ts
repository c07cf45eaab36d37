import { SendError } from '@tacho/otlp'
import { expect, test } from 'vitest'
import { SendingQueue } from '../../packages/recorder/dist/live/sending-queue.js'

/** A queue whose sending fails on demand, and what became of its contents. */
function queueOf(send: (items: number[], attempt: number) => void) {
  const told: string[] = []
  let attempt = 0
  const queue = new SendingQueue<number>(
    async (items) => {
      attempt += 1
      send(items, attempt)
    },
    {
      delivered: (items) => told.push(`delivered ${items}`),
      givenUp: (items, reason) => told.push(`given up ${items}: ${reason}`),
      refused: (reason) => told.push(`refused: ${reason}`),
    },
  )
  return { queue, told }
}

test('what is put into it is sent together, in its order', async () => {
  const { queue, told } = queueOf(() => {})
  for (const item of [1, 2, 3]) queue.add(item)
  await queue.flush()
  expect(told).toEqual(['delivered 1,2,3'])
})

test('what is refused for now is sent again, and what came meanwhile with it', async () => {
  const { queue, told } = queueOf((_, attempt) => {
    if (attempt > 1) return
    queue.add(2)
    throw new SendError('HTTP 503', { isRetryable: true, isTooLarge: false })
  })
  queue.add(1)
  await queue.flush()
  expect(told).toEqual(['refused: HTTP 503', 'delivered 1,2'])
})

test('what is refused for good is given up, and the rest goes on', async () => {
  const { queue, told } = queueOf((_, attempt) => {
    if (attempt === 1) throw new SendError('HTTP 400', { isRetryable: false, isTooLarge: false })
  })
  queue.add(1)
  await queue.flush()
  queue.add(2)
  await queue.flush()
  expect(told).toEqual(['given up 1: HTTP 400', 'delivered 2'])
})

test('what is too large is sent in halves, down to the one that is too large by itself', async () => {
  const { queue, told } = queueOf((items) => {
    if (items.length > 2 || items.includes(4))
      throw new SendError('HTTP 413', { isRetryable: false, isTooLarge: true })
  })
  for (const item of [1, 2, 3, 4, 5]) queue.add(item)
  await queue.flush()
  expect(told).toEqual(['delivered 1,2', 'delivered 3', 'given up 4: HTTP 413', 'delivered 5'])
})

test('what fails in a way that nobody thought of is given up', async () => {
  const { queue, told } = queueOf(() => {
    throw new TypeError('no span')
  })
  queue.add(1)
  await queue.flush()
  expect(told).toEqual(['given up 1: no span'])
})

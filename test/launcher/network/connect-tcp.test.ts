import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import {
  connectToFamilies,
  type Families,
} from '../../../packages/launcher/dist/network/connect-tcp.js'
import { listen } from '../../network/index.js'

// Nobody listens there.
const GONE = ['127.0.0.2', '127.0.0.3']

/** The address that the connection reached, or the error's code. */
function outcome(families: Families, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    connectToFamilies(
      families,
      port,
      (error: NodeJS.ErrnoException | undefined, socket?: Socket) => {
        resolve(socket?.remoteAddress ?? error?.code)
        socket?.destroy()
      },
    )
  })
}

test('the addresses of a family are tried in their order, and the other family after them', async () => {
  await using four = await listen(createServer())
  await using six = await listen(createServer(), '::1')
  for (const [families, port, expected] of [
    [{ first: ['127.0.0.1'], other: [] }, four.port, '127.0.0.1'],
    [{ first: [...GONE, '127.0.0.1'], other: [] }, four.port, '127.0.0.1'],
    [{ first: ['127.0.0.1'], other: ['::1'] }, four.port, '127.0.0.1'],
    [{ first: ['::1'], other: [...GONE, '127.0.0.1'] }, four.port, '127.0.0.1'],
    [{ first: GONE, other: ['::1'] }, six.port, '::1'],
    [{ first: GONE, other: ['::1'] }, four.port, 'ECONNREFUSED'],
    [{ first: GONE, other: [] }, four.port, 'ECONNREFUSED'],
  ] as [Families, number, string][]) {
    expect(await outcome(families, port)).toBe(expected)
  }
})

test('it is stopped before anything is connected', async () => {
  await using server = await listen(createServer())
  let calls = 0
  const families = { first: [...GONE, '127.0.0.1'], other: ['::1'] }
  const stop = connectToFamilies(families, server.port, () => {
    calls += 1
  })
  stop()
  // What was started earlier would be done by then.
  expect(await outcome({ first: [...GONE, '127.0.0.1'], other: [] }, server.port)).toBe('127.0.0.1')
  expect(calls).toBe(0)
})

import { connect, createServer, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import {
  giveBack,
  isLent,
  readsIntoLentMemory,
} from '../../../packages/launcher/dist/network/read-memory.js'
import { listen } from '../../network/index.js'

const SENT = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => `${at}\n`).join(''))

const server = await listen(createServer((socket) => socket.end(SENT)))
afterAll(() => server[Symbol.asyncDispose]())

/** What comes, and where in memory that is. */
async function received(use: (bytes: Buffer) => void): Promise<Buffer[]> {
  const socket: Socket = connect({
    host: '127.0.0.1',
    port: server.port,
    onread: readsIntoLentMemory(),
  })
  const parts: Buffer[] = []
  for await (const bytes of socket) {
    parts.push(bytes as Buffer)
    use(bytes as Buffer)
  }
  return parts
}

test('what nobody gives back stays as it is', async () => {
  const parts = await received(() => {})
  expect(Buffer.concat(parts).equals(SENT)).toBe(true)
})

test('what is given back is read into again', async () => {
  const places = new Set<ArrayBufferLike>()
  const copies: Buffer[] = []
  await received((bytes) => {
    copies.push(Buffer.from(bytes))
    if (isLent(bytes)) places.add(bytes.buffer)
    giveBack(bytes)
  })
  expect(Buffer.concat(copies).equals(SENT)).toBe(true)
  expect(copies.length).toBeGreaterThan(50)
  expect(places.size).toBeGreaterThan(0)
  // What Node has read ahead has memory of its own.
  expect(places.size).toBeLessThan(10)
})

test('what is given back twice is read into once', async () => {
  let isFirst = true
  await received((bytes) => {
    if (!isFirst || !isLent(bytes)) return
    isFirst = false
    giveBack(bytes)
    giveBack(bytes)
  })
  expect(isFirst).toBe(false)
  const [one, other] = await Promise.all([received(() => {}), received(() => {})])
  expect(Buffer.concat(one).equals(SENT)).toBe(true)
  expect(Buffer.concat(other).equals(SENT)).toBe(true)
})

test('a small read is in memory of its own size', async () => {
  await using small = await listen(createServer((socket) => socket.end('a word')))
  const socket = connect({ host: '127.0.0.1', port: small.port, onread: readsIntoLentMemory() })
  const [bytes] = (await socket.toArray()) as Buffer[]
  expect(bytes?.toString()).toBe('a word')
  expect(bytes !== undefined && isLent(bytes)).toBe(false)
  expect(bytes?.buffer.byteLength).toBeLessThan(16 * 1024)
})

import { connect, createServer, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { lentOf, readsIntoLentMemory } from '../../../packages/launcher/dist/network/read-memory.js'
import { listen } from '../../network/index.js'

const SENT = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => `${at}\n`).join(''))

const server = await listen(createServer((socket) => socket.end(SENT)))
afterAll(() => server[Symbol.asyncDispose]())

/** What arrives, and where in memory it is. */
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
    const lent = lentOf(bytes)
    if (lent !== undefined) places.add(bytes.buffer)
    lent?.use()()
  })
  expect(Buffer.concat(copies).equals(SENT)).toBe(true)
  expect(copies.length).toBeGreaterThan(50)
  expect(places.size).toBeGreaterThan(0)
  // What Node has read ahead has memory of its own.
  expect(places.size).toBeLessThan(10)
})

test('what two look at is read into when the second one has done so', async () => {
  let isFirst = true
  let seen: { bytes: Buffer; was: Buffer } | undefined
  await received((bytes) => {
    const lent = isFirst ? lentOf(bytes) : undefined
    if (lent === undefined) return
    isFirst = false
    const [one] = [lent.use(), lent.use()]
    one()
    seen = { bytes, was: Buffer.from(bytes) }
    expect(lentOf(bytes)).toBeUndefined()
  })
  await Promise.all([received(() => {}), received(() => {})])
  expect(seen?.bytes.equals(seen.was)).toBe(true)
})

test('a small read is in memory of its own size', async () => {
  await using small = await listen(createServer((socket) => socket.end('a word')))
  const socket = connect({ host: '127.0.0.1', port: small.port, onread: readsIntoLentMemory() })
  const [bytes] = (await socket.toArray()) as Buffer[]
  expect(bytes?.toString()).toBe('a word')
  expect(bytes && lentOf(bytes)).toBeUndefined()
  expect(bytes?.buffer.byteLength).toBeLessThan(16 * 1024)
})

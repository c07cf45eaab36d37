import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UnfinishedHeads } from '../../../packages/launcher/dist/network/unfinished-heads.js'

let server: Server
let clients: Socket[]

beforeEach(async () => {
  clients = []
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(() => {
  for (const client of clients) client.destroy()
  server.close()
})

/** Connections as the server sees them, in the order in which they are asked for. */
async function connection(): Promise<Socket> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => {})
  clients.push(client)
  const [socket] = (await once(server, 'connection')) as [Socket]
  return socket
}

test('of too many that send nothing the oldest one goes', async () => {
  const heads = new UnfinishedHeads({ count: 2 })
  const [first, second, third] = [await connection(), await connection(), await connection()]
  for (const socket of [first, second, third]) heads.opened(socket)
  expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([true, false, false])
})

test('one that has shown a head stays, whatever comes', async () => {
  const heads = new UnfinishedHeads({ count: 1 })
  const sockets = [await connection(), await connection(), await connection()]
  for (const socket of sockets) {
    heads.opened(socket)
    heads.whole(socket)
  }
  expect(sockets.some((socket) => socket.destroyed)).toBe(false)
})

test('one that ends makes room', async () => {
  const heads = new UnfinishedHeads({ count: 1 })
  const [first, second] = [await connection(), await connection()]
  heads.opened(first)
  first.destroy()
  await once(first, 'close')
  heads.opened(second)
  expect(second.destroyed).toBe(false)
})

test('a head that does not end ends its connection', async () => {
  const heads = new UnfinishedHeads({ milliseconds: 1 })
  const socket = await connection()
  heads.opened(socket)
  heads.begun(socket)
  await once(socket, 'close')
})

test('one that has sent nothing, or a whole head, has no time limit', async () => {
  const heads = new UnfinishedHeads({ milliseconds: 1 })
  const [silent, served, late] = [await connection(), await connection(), await connection()]
  for (const socket of [silent, served, late]) heads.opened(socket)
  heads.begun(served)
  heads.whole(served)
  heads.begun(late)
  await once(late, 'close')
  expect([silent.destroyed, served.destroyed]).toEqual([false, false])
})

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Listener,
  type ListenOptions,
  listenOnLoopback,
} from '../../../packages/launcher/dist/network/listen.js'
import { Peers } from '../../../packages/launcher/dist/network/peer.js'
import { eventually, start } from '../../host/index.js'
import { canBeSomebodyElse } from './clients.js'

let peers: Peers
let listener: Listener
let taken: Socket[]

beforeEach(async () => {
  peers = new Peers()
  listener = await listen({})
})

afterEach(() => {
  listener.close()
  peers.close()
})

async function listen(options: Partial<ListenOptions>): Promise<Listener> {
  taken = []
  const onConnection = (socket: Socket) => {
    taken.push(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => socket.write(bytes))
    socket.on('end', () => socket.end())
    socket.resume()
  }
  return listenOnLoopback({ peers, onConnection, ...options })
}

/** What becomes of a connection that sends a word. */
async function outcome(port = listener.port): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write('echo')
  const heard = await new Promise<string>((resolve) => {
    socket.once('data', (bytes) => resolve(String(bytes)))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
    socket.once('close', () => resolve('closed'))
  })
  socket.destroy()
  return heard
}

describe('a port that refuses and accepts', () => {
  test('refuses connections, and accepts again on the same port, any number of times', async () => {
    const { port } = listener
    for (let round = 0; round < 20; round += 1) {
      expect(await outcome()).toBe('echo')
      await listener.refuse()
      expect(await outcome()).toBe('ECONNREFUSED')
      await listener.accept()
      expect(listener.port).toBe(port)
    }
    expect(await outcome()).toBe('echo')
  })

  test('keeps a connection that was made and not seen yet', async () => {
    const socket = connect(listener.port, '127.0.0.1')
    // The kernel completes it while we are busy.
    const until = performance.now() + 50
    while (performance.now() < until);
    const refused = listener.refuse()
    socket.write('made before')
    expect(String((await once(socket, 'data'))[0])).toBe('made before')
    await refused
    expect(await outcome()).toBe('ECONNREFUSED')
    socket.destroy()
  })

  test('keeps the connections that are open', async () => {
    const socket = connect(listener.port, '127.0.0.1')
    socket.write('before')
    await once(socket, 'data')
    await listener.refuse()
    socket.write('while')
    expect(String((await once(socket, 'data'))[0])).toBe('while')
    await listener.accept()
    socket.write('after')
    expect(String((await once(socket, 'data'))[0])).toBe('after')
    expect(listener.connections).toBe(1)
    socket.destroy()
    await eventually(() => expect(listener.connections).toBe(0))
  })

  test('gives the port to nobody who asks for any free one or for this one', async () => {
    await listener.refuse()
    expect(bindAs('ourselves', '', listener.port)).toContain('Address already in use')
    expect(bindAs('somebody else', '', listener.port)).toContain('Address already in use')
    expect(bindAs('somebody else', 'SO_REUSEPORT', listener.port)).toContain('already in use')
  })

  test('gives it to nobody at all while it accepts', () => {
    for (const option of ['', 'SO_REUSEADDR', 'SO_REUSEPORT']) {
      for (const who of ['ourselves', 'somebody else'] as const) {
        expect(bindAs(who, option, listener.port)).toContain('Address already in use')
      }
    }
  })

  test('tells of another program that takes it with SO_REUSEADDR, and has it back afterwards', async () => {
    const told: string[] = []
    listener.close()
    listener = await listen({
      limits: { watchMilliseconds: 5 },
      onTrouble: (sentence) => told.push(sentence),
    })
    await listener.refuse()
    await using thief = start('python3', ['-c', THIEF, String(listener.port)], { env: PATH_ONLY })
    await thief.stdout.containing('taken')
    await eventually(() => expect(told).toHaveLength(1))
    expect(told[0]).toContain(
      `another program of user ${process.getuid?.()} listens on 127.0.0.1:${listener.port}`,
    )
    await expect(listener.accept()).rejects.toThrow()
    thief.kill('SIGKILL')
    await thief.ended
    await eventually(() => expect(listener.isRefusing).toBe(false))
    expect(await outcome()).toBe('echo')
    expect(told).toHaveLength(1)
  })

  test('is free when it is closed', async () => {
    await listener.refuse()
    listener.close()
    expect(await outcome()).toBe('ECONNREFUSED')
    expect(bindAs('ourselves', '', listener.port)).toContain('taken')
    await listener.accept()
    expect(listener.isRefusing).toBe(true)
  })
})

test('a connection comes paused, can be half-open, and has no listeners of ours', async () => {
  listener.close()
  const given = new Promise<Socket>((resolve) => {
    void listen({ onConnection: resolve }).then((one) => {
      listener = one
      connect(one.port, '127.0.0.1').end('all')
    })
  })
  const socket = await given
  expect([socket.isPaused(), socket.bytesRead, socket.allowHalfOpen]).toEqual([true, 0, true])
  await Promise.resolve()
  expect(socket.listenerCount('error')).toBe(0)
  socket.resume()
  await once(socket, 'end')
  expect(socket.writable).toBe(true)
})

test('connections beyond the limit are closed, and room is made by those that end', async () => {
  listener.close()
  listener = await listen({ limits: { connections: 2 } })
  const first = connect(listener.port, '127.0.0.1')
  const second = connect(listener.port, '127.0.0.1')
  for (const socket of [first, second]) {
    socket.write('stay')
    await once(socket, 'data')
  }
  expect(await outcome()).toMatch(/closed|ECONNRESET/)
  first.destroy()
  await eventually(() => expect(listener.connections).toBe(1))
  expect(await outcome()).toBe('echo')
  second.destroy()
})

test('no more than so many wait to be looked at', async () => {
  listener.close()
  listener = await listen({ limits: { unchecked: 10 } })
  const sockets = Array.from({ length: 200 }, () => connect(listener.port, '127.0.0.1'))
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => {})
      socket.write('word')
      await new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
    }),
  )
  expect(taken.length).toBeLessThan(200)
  expect(taken.length).toBeGreaterThan(0)
  for (const socket of sockets) socket.destroy()
  expect(await outcome()).toBe('echo')
})

test('closing it closes its connections', async () => {
  const socket = connect(listener.port, '127.0.0.1')
  socket.write('word')
  await once(socket, 'data')
  listener.close()
  await once(socket.resume(), 'close')
  expect(await outcome()).toBe('ECONNREFUSED')
})

const PATH_ONLY = { PATH: process.env.PATH }

const BIND = `import socket, sys
s = socket.socket()
if sys.argv[2]: s.setsockopt(socket.SOL_SOCKET, getattr(socket, sys.argv[2]), 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen()
print("taken")`

const THIEF = `import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen()
print("taken", flush=True)
time.sleep(1000)`

/** The error of another program that wants to listen on a port. */
function bindAs(who: 'ourselves' | 'somebody else', option: string, port: number): string {
  const other = who === 'somebody else' && canBeSomebodyElse ? { uid: 65_534, gid: 65_534 } : {}
  const args = ['-c', BIND, String(port), option]
  const done = spawnSync('python3', args, { encoding: 'utf8', env: PATH_ONLY, cwd: '/', ...other })
  return done.stdout + done.stderr
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Listener, listenOnLoopback } from '../../../packages/launcher/dist/network/listen.js'
import { Peers } from '../../../packages/launcher/dist/network/peer.js'
import { holdingOf, ownHoldingOf } from '../../../packages/launcher/dist/network/socket-holders.js'
import { hexOf } from '../../../packages/launcher/dist/network/tcp-row.js'
import { TcpTable } from '../../../packages/launcher/dist/network/tcp-table.js'
import { eventually, type Running, run } from '../../host/index.js'
import { startApart, startClient, startShell, startStranger } from './clients.js'

const TCP_TABLE = import.meta.resolve('../../../packages/launcher/dist/network/tcp-table.js')

let peers: Peers
let listener: Listener
let admitted: Socket[]

beforeEach(async () => {
  admitted = []
  peers = new Peers()
  listener = await listenOnLoopback({ peers, onConnection: welcome })
})

afterEach(() => {
  listener.close()
  peers.close()
})

function welcome(socket: Socket): void {
  admitted.push(socket)
  socket.on('data', (bytes) => socket.write(`welcome after ${bytes}`))
  socket.on('error', () => {})
  socket.resume()
}

test('the other end can be told here, and that is tried out', async () => {
  expect(peers.canTell).toBe(true)
  const opened = await Peers.open()
  expect(opened.canTell).toBe(true)
  opened.close()
})

test('what is asked of the table and of our own descriptors is told at once as well', async () => {
  const table = TcpTable.open() as TcpTable
  const socket = connect(listener.port, '127.0.0.1')
  await once(socket, 'connect')
  const { localPort, remotePort } = socket
  const ends = `${hexOf('127.0.0.1', localPort)} ${hexOf('127.0.0.1', remotePort)}`
  const row = table.rowNow(ends)
  expect(row).toEqual(await table.row(ends))
  const inode = row?.inode ?? ''
  expect(ownHoldingOf(inode)).toEqual(await holdingOf(process.pid, inode, row?.uid ?? -1))
  expect(ownHoldingOf('0')).toBeUndefined()
  expect(table.rowNow('nobody')).toBeUndefined()
  socket.destroy()
  table.close()
})

describe('is let in', () => {
  const WELCOME = 'got welcome after hello'

  test('the agent', async () => {
    await using agent = startClient(listener.port)
    peers.agentIs(agent.pid)
    await agent.stdout.containing(WELCOME)
  })

  test('the agent by an IPv4 address in IPv6', async () => {
    await using agent = startClient(listener.port, '::ffff:127.0.0.1')
    peers.agentIs(agent.pid)
    await agent.stdout.containing(WELCOME)
  })

  test('a child and a grandchild of the agent', async () => {
    await using agent = startShell('"$@" & sh -c \'"$@" & wait\' sh "$@"', listener.port)
    peers.agentIs(agent.pid)
    await agent.stdout.containing(/got welcome.*got welcome/s)
    expect(admitted).toHaveLength(2)
  })

  test('what the agent has left behind, when it was seen as its own', async () => {
    await using agent = startShell(
      'sh -c \'"$@" & echo $! $$; wait\' sh "$@"; wait',
      listener.port,
      'twice',
    )
    peers.agentIs(agent.pid)
    const words = await agent.stdout.containing(WELCOME)
    const [client = 0, parent = 0] = words.split(/\s/).map(Number)
    process.kill(parent, 'SIGKILL')
    await eventually(() => expect(parentOf(client)).not.toBe(parent))
    process.kill(client, 'SIGUSR2')
    await agent.stdout.containing(/got welcome.*got welcome/s)
  })

  test('we', async () => {
    const socket = connect(listener.port, '127.0.0.1')
    socket.write('hello')
    expect(String((await once(socket, 'data'))[0])).toBe('welcome after hello')
    socket.destroy()
  })

  test('what was started with us as one job', async () => {
    await using other = startClient(listener.port)
    await other.stdout.containing(WELCOME)
  })

  test('a hundred connections at once', async () => {
    const sockets = Array.from({ length: 100 }, () => connect(listener.port, '127.0.0.1'))
    await Promise.all(
      sockets.map((socket) => {
        socket.write('hello')
        return once(socket, 'data')
      }),
    )
    for (const socket of sockets) socket.destroy()
    expect(admitted).toHaveLength(100)
  })
})

describe('is closed before a byte is read', () => {
  async function expectClosed(client: Running) {
    const words = await client.stdout.containing('closed')
    expect(words).not.toContain('got')
    expect(admitted).toEqual([])
  }

  test('a process of another user', async () => {
    await using agent = startShell('read _', listener.port)
    peers.agentIs(agent.pid)
    await using stranger = startStranger(listener.port)
    await expectClosed(stranger)
  })

  test('a process of ours that the agent has not started', async () => {
    await using agent = startShell('read _', listener.port)
    peers.agentIs(agent.pid)
    await using other = startApart(listener.port)
    await expectClosed(other)
  })

  test('a process of ours before there is an agent', async () => {
    await using other = startApart(listener.port)
    await expectClosed(other)
  })

  test('a process that has left the agent before anybody looked', async () => {
    // Its parent is gone when the client starts, because the client waits for the first line of a
    // pipe.
    await using agent = startShell(
      'mkfifo "$0.pipe"; (setsid sh -c \'read _ <"$0"; exec "$@"\' "$0.pipe" "$@" &); echo >"$0.pipe"; rm "$0.pipe"; read _',
      listener.port,
    )
    peers.agentIs(agent.pid)
    await expectClosed(agent)
  })

  test('a connection whose other end is closed already', async () => {
    const socket = connect(listener.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
    await once(socket, 'close')
    const next = connect(listener.port, '127.0.0.1')
    next.write('hello')
    await once(next, 'data')
    next.destroy()
    expect(admitted).toHaveLength(1)
  })
})

test('a process that has ended and was not waited for hides nothing', async () => {
  // A program that replaced the shell does not wait for the shell's children.
  await using parent = startShell(
    'exec 3<&0; cat <&3 >/dev/null & echo $!; exec sleep 1000 3<&-',
    listener.port,
  )
  const pid = Number(await parent.stdout.containing('\n'))
  await eventually(() => expect(readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n'))
  parent.stdin.end()
  await eventually(() => expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toContain('zombie'))
  expect(await holdingOf(pid, '1', process.getuid?.() ?? 0)).toBeUndefined()
})

test('a socket is found among few descriptors and among many', async () => {
  const socket = connect(listener.port, '127.0.0.1') as Socket & { _handle: { fd: number } }
  socket.on('error', () => {})
  await once(socket, 'connect')
  const descriptor = String(socket._handle.fd)
  const [inode = ''] = /\d+/.exec(readlinkSync(`/proc/self/fd/${descriptor}`)) ?? []
  const holding = { pid: process.pid, descriptor }
  expect(await holdingOf(process.pid, inode, 0)).toEqual(holding)
  const files = Array.from({ length: 300 }, () => openSync('/dev/null', 'r'))
  try {
    expect(await holdingOf(process.pid, inode, 0)).toEqual(holding)
  } finally {
    for (const file of files) closeSync(file)
    socket.destroy()
  }
})

test('many who wait share one reading of the table', async () => {
  // In a process of its own, in which nothing else reads.
  const program = `
    import { readFileSync } from 'node:fs'
    import { TcpTable } from ${JSON.stringify(TCP_TABLE)}
    const reads = () => Number(/^syscr: (\\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))[1])
    const table = TcpTable.open()
    const readsOf = async (count) => {
      const before = reads()
      const ports = Array.from({ length: count }, (_, port) => port)
      const rows = await Promise.all(ports.map((port) => table.row('0100007F:' + port + ' 0100007F:0000')))
      return { reads: reads() - before, found: rows.filter((row) => row !== undefined).length }
    }
    console.log(JSON.stringify([await readsOf(1), await readsOf(1000)]))
    table.close()`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    env: {},
  })
  const [one, many] = JSON.parse(stdout.toString())
  expect([one.found, many.found]).toEqual([0, 0])
  expect(one.reads).toBeGreaterThan(1)
  // The table may have become longer in between.
  expect(many.reads).toBeLessThan(100 * one.reads)
})

test('where the system shows no table, everybody is let in and it says so', async () => {
  const blind = new Peers({ tables: ['/proc/net/no-such-table'] })
  expect(blind.canTell).toBe(false)
  const open = await listenOnLoopback({ peers: blind, onConnection: welcome })
  await using stranger = startStranger(open.port)
  await stranger.stdout.containing('got welcome')
  open.close()
})

test('who listens on a port is the agent, or one of ours that it has not started, or nobody', async () => {
  await using agent = startShell('read _', listener.port)
  peers.agentIs(agent.pid)
  const server = `
    const server = require('node:net').createServer().listen(0, '127.0.0.1', () =>
      console.log(server.address().port))`
  const other = spawn(process.execPath, ['-e', server], { detached: true })
  try {
    const [said] = (await once(other.stdout, 'data')) as [Buffer]
    expect(await peers.isAgentOn(Number(said))).toBe(false)
    peers.agentIs(other.pid ?? 0)
    expect(await peers.isAgentOn(Number(said))).toBe(true)
    other.kill('SIGKILL')
    await once(other, 'close')
    expect(await peers.isAgentOn(Number(said))).toBe(false)
    expect(await peers.isAgentOn(listener.port)).toBe(true)
  } finally {
    other.kill('SIGKILL')
  }
})

test('a look that takes too long lets nobody in', async () => {
  const impatient = new Peers({ checkMilliseconds: 0 })
  const open = await listenOnLoopback({ peers: impatient, onConnection: welcome })
  const socket = connect(open.port, '127.0.0.1')
  await once(socket.resume(), 'close')
  expect(admitted).toEqual([])
  open.close()
})

function parentOf(pid: number): number {
  return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

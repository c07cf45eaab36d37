import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * How a proxy treats its clients: `refuses` and `wants a password` tell the client, `breaks` tells
 * it nothing.
 */
export type ProxyKind = 'http' | 'socks' | 'refuses' | 'wants a password' | 'breaks'

/** Starts a proxy that sends everything to 127.0.0.1, whatever name is asked for. */
export async function startProxy(kind: ProxyKind): Promise<RowProxy> {
  const server = createServer({ allowHalfOpen: true, noDelay: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new RowProxy(server, kind)
}

/** A running one. */
export class RowProxy {
  readonly port: number
  /** What it was asked for, in order: the heads of requests, or what the client said over SOCKS. */
  readonly seen: string[] = []
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  /** Use `startProxy`. */
  constructor(server: Server, kind: ProxyKind) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => {
      this.#keep(socket)
      const serve = kind === 'socks' ? this.#serveSocks(socket) : this.#serveHttp(socket, kind)
      serve.catch(() => socket.destroy())
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #serveHttp(socket: Socket, kind: ProxyKind): Promise<void> {
    const { head, rest } = await headOf(socket)
    this.seen.push(head)
    if (kind === 'breaks') return void socket.resetAndDestroy()
    if (kind !== 'http') {
      const status = kind === 'refuses' ? '403 Forbidden' : '407 Proxy Authentication Required'
      socket.end(
        `HTTP/1.1 ${status}\r\nproxy-authenticate: Basic realm="test"\r\ncontent-length: 0\r\n\r\n`,
      )
      return
    }
    const [, method = '', target = ''] = /^(\S+) (\S+)/.exec(head) ?? []
    if (method === 'CONNECT') {
      const upstream = this.#reach(Number(target.split(':').at(-1)))
      await once(upstream, 'connect')
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      join(socket, upstream, rest)
      return
    }
    const url = new URL(target)
    const own = head.replace(target, `${url.pathname}${url.search}`)
    join(socket, this.#reach(Number(url.port)), Buffer.concat([Buffer.from(own, 'latin1'), rest]))
  }

  /** RFC 1928 (and 1929 for a name and password), as far as CONNECT needs it. */
  async #serveSocks(socket: Socket): Promise<void> {
    const [version = 0, count = 0] = await read(socket, 2)
    if (version !== 5) {
      this.seen.push(`no SOCKS 5: it begins with byte ${version}`)
      socket.end()
      return
    }
    const methods = await read(socket, count)
    const method = methods.includes(2) ? 2 : 0
    socket.write(Buffer.of(5, method))
    if (method === 2) {
      const [, nameLength = 0] = await read(socket, 2)
      const name = await read(socket, nameLength)
      const [length = 0] = await read(socket, 1)
      this.seen.push(`password ${name}:${await read(socket, length)}`)
      socket.write(Buffer.of(1, 0))
    }
    const [, command = 0, , type = 0] = await read(socket, 4)
    const length = type === 3 ? ((await read(socket, 1))[0] ?? 0) : type === 4 ? 16 : 4
    const address = await read(socket, length)
    const port = (await read(socket, 2)).readUInt16BE()
    const name = type === 3 ? address.toString() : Array.from(address).join('.')
    this.seen.push(`socks command ${command} type ${type} ${name}:${port}`)
    const upstream = this.#reach(port)
    await once(upstream, 'connect')
    socket.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0))
    join(socket, upstream, Buffer.alloc(0))
  }

  #reach(port: number): Socket {
    return this.#keep(connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }))
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {})
    return socket
  }
}

async function headOf(socket: Socket): Promise<{ head: string; rest: Buffer }> {
  let bytes = Buffer.alloc(0)
  for (;;) {
    const end = bytes.indexOf('\r\n\r\n')
    if (end >= 0) {
      return { head: bytes.toString('latin1', 0, end + 4), rest: bytes.subarray(end + 4) }
    }
    bytes = Buffer.concat([bytes, await more(socket)])
  }
}

async function read(socket: Socket, count: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  while (bytes.length < count) bytes = Buffer.concat([bytes, await more(socket)])
  if (bytes.length > count) socket.unshift(bytes.subarray(count))
  return bytes.subarray(0, count)
}

async function more(socket: Socket): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = socket.read()
    if (bytes !== null) return bytes
    if (socket.readableEnded || socket.destroyed) throw new Error('It ended too early.')
    await once(socket, 'readable')
  }
}

/** Passes bytes, ends and resets in both directions. */
function join(agent: Socket, upstream: Socket, first: Buffer): void {
  if (first.length > 0) upstream.write(first)
  agent.pipe(upstream)
  upstream.pipe(agent)
  agent.on('error', () => upstream.resetAndDestroy())
  upstream.on('error', () => agent.resetAndDestroy())
}

import { connect, createServer, type Socket } from 'node:net'
import { type Listening, listen } from './listen.js'

export type SocksProxyOptions = {
  /** If given, it requires them. */
  user?: { name: string; password: string }
  /** Where everything is sent, whatever host is asked for: names need not resolve. */
  leadTo?: string
  /** What it answers instead of connecting: 5 is "connection refused" (RFC 1928). */
  reply?: number
  /** It sends its responses byte by byte. */
  isSlow?: boolean
}

export type SocksProxy = Listening & {
  /** `socks5h://127.0.0.1:port` */
  url: string
  /** What each client asked for: `name llm.internal.test:443`, `address 127.0.0.1:80`. */
  requests: string[]
  /** The authentication methods that each client offered. */
  methods: number[][]
}

/** A real SOCKS 5 proxy (RFC 1928, RFC 1929): CONNECT, with or without a password. */
export async function startSocksProxy(options: SocksProxyOptions = {}): Promise<SocksProxy> {
  const seen: Seen = { requests: [], methods: [] }
  const listening = await listen(
    createServer({ allowHalfOpen: true }, (socket) => {
      serveClient(socket, options, seen).catch(() => socket.destroy())
    }),
  )
  return { ...listening, ...seen, url: `socks5h://127.0.0.1:${listening.port}` }
}

type Seen = Pick<SocksProxy, 'requests' | 'methods'>

async function serveClient(client: Socket, options: SocksProxyOptions, seen: Seen): Promise<void> {
  const say = async (bytes: number[]) => {
    for (const part of options.isSlow ? bytes.map((byte) => [byte]) : [bytes]) {
      client.write(Buffer.from(part))
      await new Promise(setImmediate)
    }
  }
  const [, count = 0] = await take(client, 2)
  const methods = [...(await take(client, count))]
  seen.methods.push(methods)
  const wanted = options.user === undefined ? 0 : 2
  await say([5, methods.includes(wanted) ? wanted : 0xff])
  if (!methods.includes(wanted)) throw new Error('no method in common')
  if (options.user !== undefined) await checkUser(client, options.user, say)
  const [, , , kind = 0] = await take(client, 4)
  const host = await hostOf(client, kind)
  const port = (await take(client, 2)).readUInt16BE()
  seen.requests.push(`${kind === 3 ? 'name' : 'address'} ${host}:${port}`)
  if (options.reply !== undefined) {
    await say([5, options.reply, 0, 1, 0, 0, 0, 0, 0, 0])
    client.end()
    return
  }
  const upstream = connect({ host: options.leadTo ?? host, port, allowHalfOpen: true })
  upstream.on('error', () => client.destroy())
  client.on('close', () => upstream.destroy())
  await new Promise((resolve) => upstream.once('connect', resolve))
  await say([5, 0, 0, 3, 4, ...Buffer.from('here'), 0, 80])
  client.pipe(upstream)
  upstream.pipe(client)
}

async function checkUser(
  client: Socket,
  user: { name: string; password: string },
  say: (bytes: number[]) => Promise<void>,
): Promise<void> {
  const [, nameLength = 0] = await take(client, 2)
  const name = (await take(client, nameLength)).toString()
  const [passwordLength = 0] = await take(client, 1)
  const password = (await take(client, passwordLength)).toString()
  const isKnown = name === user.name && password === user.password
  await say([1, isKnown ? 0 : 1])
  if (!isKnown) throw new Error('unknown user')
}

async function hostOf(client: Socket, kind: number): Promise<string> {
  if (kind === 1) return [...(await take(client, 4))].join('.')
  if (kind === 4) return (await take(client, 16)).toString('hex').replaceAll(/(.{4})(?!$)/g, '$1:')
  const [length = 0] = await take(client, 1)
  return (await take(client, length)).toString()
}

/** Reads the next bytes of a connection. */
async function take(socket: Socket, length: number): Promise<Buffer> {
  if (length === 0) return Buffer.alloc(0)
  for (;;) {
    const bytes: Buffer | null = socket.read(length)
    if (bytes !== null) return bytes
    if (socket.readableEnded || socket.destroyed) throw new Error('the client hung up')
    await new Promise<void>((resolve) => {
      const next = () => {
        socket.off('readable', next).off('end', next).off('close', next)
        resolve()
      }
      socket.on('readable', next).on('end', next).on('close', next)
    })
  }
}

import { connect, createServer, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import type { Identity } from './certificates.js'
import { type Listening, listen } from './listen.js'

export type HttpProxyOptions = {
  /** TLS to the proxy itself. */
  identity?: Identity
  /** Where everything is sent, whatever host is asked for: names need not resolve. */
  leadTo?: string
  /** What it answers instead of letting anybody through: `403 Forbidden`. */
  refuseWith?: string
  /** Its response to a CONNECT that it accepts; default: `200 Connection established`. */
  letThroughWith?: string
  /** `Basic …`: answers 407 to requests without these credentials. */
  authorization?: string
  host?: string
}

export type HttpProxy = Listening & {
  /** `http://127.0.0.1:port`, or `https:` */
  url: string
  /** The head of each request, or of each CONNECT, as received. */
  heads: string[]
}

/** A real HTTP proxy: CONNECT, and requests in absolute form, one per connection. */
export async function startHttpProxy(options: HttpProxyOptions = {}): Promise<HttpProxy> {
  const heads: string[] = []
  const serve = (socket: Socket) => serveClient(socket, options, heads)
  const { identity } = options
  const server =
    identity === undefined
      ? createServer({ allowHalfOpen: true }, serve)
      : createSecureServer({ cert: identity.certificate, key: identity.key }, serve)
  const listening = await listen(server, options.host)
  const scheme = identity === undefined ? 'http' : 'https'
  return { ...listening, heads, url: `${scheme}://127.0.0.1:${listening.port}` }
}

function serveClient(client: Socket, options: HttpProxyOptions, heads: string[]): void {
  let read = Buffer.alloc(0)
  client.on('error', () => {})
  const take = (bytes: Buffer) => {
    read = Buffer.concat([read, bytes])
    const end = read.indexOf('\r\n\r\n')
    if (end === -1) return
    client.off('data', take)
    const head = read.toString('latin1', 0, end)
    heads.push(head)
    const status = refusal(head, options)
    if (status !== undefined) client.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`)
    else if (head.startsWith('CONNECT ')) tunnel(client, head, read.subarray(end + 4), options)
    else pass(client, head, read.subarray(end), options)
  }
  client.on('data', take)
}

function refusal(head: string, options: HttpProxyOptions): string | undefined {
  const { refuseWith, authorization } = options
  if (refuseWith !== undefined) return refuseWith
  if (authorization === undefined) return undefined
  const said = /^proxy-authorization: (.*)$/im.exec(head)?.[1]
  return said === authorization ? undefined : '407 Proxy Authentication Required'
}

function tunnel(client: Socket, head: string, rest: Buffer, options: HttpProxyOptions): void {
  const [, host = '', port] = /^CONNECT (.*):(\d+) /.exec(head) ?? []
  const upstream = dial(client, host.replaceAll(/[[\]]/g, ''), Number(port), options)
  upstream.once('connect', () => {
    client.write(`HTTP/1.1 ${options.letThroughWith ?? '200 Connection established'}\r\n\r\n`)
    upstream.write(rest)
    join(client, upstream)
  })
}

function pass(client: Socket, head: string, rest: Buffer, options: HttpProxyOptions): void {
  const [, target = ''] = head.split(' ', 2)
  if (!URL.canParse(target)) {
    client.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n')
    return
  }
  const url = new URL(target)
  const upstream = dial(client, url.hostname, Number(url.port || 80), options)
  upstream.once('connect', () => {
    const lines = head.replace(target, url.pathname + url.search).split('\r\n')
    const own = lines.filter((line) => !/^proxy-/i.test(line))
    upstream.write(Buffer.concat([Buffer.from(own.join('\r\n'), 'latin1'), rest]))
    join(client, upstream)
  })
}

function dial(client: Socket, host: string, port: number, { leadTo }: HttpProxyOptions): Socket {
  const upstream = connect({ host: leadTo ?? host, port, allowHalfOpen: true })
  upstream.on('error', () => client.destroy())
  client.on('close', () => upstream.destroy())
  return upstream
}

function join(client: Socket, upstream: Socket): void {
  client.pipe(upstream)
  upstream.pipe(client)
}

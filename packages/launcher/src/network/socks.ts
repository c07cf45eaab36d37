import { isIPv4, isIPv6, type Socket } from 'node:net'
import { NetworkError } from './problem.js'
import type { ProxyServer } from './proxy-server.js'
import { type AnswerReader, readUntil } from './read-until.js'

const NO_AUTHENTICATION = 0
const USERNAME_AND_PASSWORD = 2

/**
 * Asks a SOCKS 5 proxy to connect to a target (RFC 1928, RFC 1929). The proxy resolves names: Codex
 * does the same for both `socks5://` and `socks5h://` (0.169, measured).
 *
 * @param host without brackets.
 */
export async function openSocksTunnel(
  socket: Socket,
  proxy: ProxyServer,
  target: { host: string; port: number },
): Promise<void> {
  const methods = proxy.user ? [NO_AUTHENTICATION, USERNAME_AND_PASSWORD] : [NO_AUTHENTICATION]
  socket.write(Buffer.from([5, methods.length, ...methods]))
  const [, method] = await take(socket, proxy, 5, shortAnswer)
  if (method === USERNAME_AND_PASSWORD && proxy.user) {
    const { name, password } = proxy.user
    socket.write(Buffer.concat([Buffer.from([1]), withLength(name), withLength(password)]))
    const [, status] = await take(socket, proxy, 1, shortAnswer)
    if (status !== 0) throw refused(proxy, 'does not take the user and password')
  } else if (method !== NO_AUTHENTICATION) throw refused(proxy, 'wants another authentication')
  const port = Buffer.from([target.port >> 8, target.port & 0xff])
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), addressOf(target.host), port]))
  const [, reply = 1] = await take(socket, proxy, 5, longAnswer)
  if (reply !== 0) throw refused(proxy, `answered ${REPLIES[reply] ?? `with ${reply}`}`)
}

const REPLIES = [
  '',
  'that it failed',
  'that its rules forbid it',
  'that the network is unreachable',
  'that the host is unreachable',
  'that the connection was refused',
  'that the time was up',
]

/** Returns the length of an answer, once it is known. */
type LengthOf = (bytes: Buffer) => number | undefined

const shortAnswer: LengthOf = () => 2

/** A head of four bytes, an address of one of three kinds, and a port. */
const longAnswer: LengthOf = ([, , , kind, length]) => {
  if (kind === 1) return 10
  if (kind === 4) return 22
  return length === undefined ? undefined : 7 + length
}

async function take(
  socket: Socket,
  proxy: ProxyServer,
  version: number,
  lengthOf: LengthOf,
): Promise<Buffer> {
  let answer = Buffer.alloc(0)
  const read: AnswerReader = (bytes) => {
    if (bytes.length > 0 && bytes[0] !== version) throw refused(proxy, 'does not speak SOCKS 5')
    const length = lengthOf(bytes)
    if (length === undefined || bytes.length < length) return undefined
    answer = Buffer.from(bytes.subarray(0, length))
    return length
  }
  await readUntil(socket, read)
  return answer
}

function addressOf(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)])
  if (isIPv6(host)) return Buffer.from([4, ...bytesOfIPv6(host)])
  return Buffer.concat([Buffer.from([3]), withLength(host)])
}

/** In a URL's notation: hexadecimal groups, with at most one gap. */
function bytesOfIPv6(host: string): number[] {
  const [before = '', after] = host.split('::')
  const groups = (text: string) => text.split(':').filter((group) => group !== '')
  const [head, tail] = [groups(before), groups(after ?? '')]
  const gap = after === undefined ? [] : Array(8 - head.length - tail.length).fill('0')
  return [...head, ...gap, ...tail].flatMap((group) => {
    const number = Number.parseInt(group, 16)
    return [number >> 8, number & 0xff]
  })
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 255) throw new NetworkError('PROXY_UNUSABLE', 'too long a name for SOCKS')
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function refused({ host, port }: ProxyServer, why: string): NetworkError {
  return new NetworkError('PROXY_REFUSED', `the proxy ${host}:${port} ${why}`)
}

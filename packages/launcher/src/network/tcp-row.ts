import type { Socket } from 'node:net'
import { endianness } from 'node:os'

/** A row of `/proc/net/tcp` or `tcp6` (proc_net_tcp(5)): one socket of this machine. */
export type TcpRow = {
  /** `LOCAL:PORT REMOTE:PORT` in the kernel's hexadecimal, with IPv4-mapped addresses as IPv4. */
  ends: string
  isListening: boolean
  /** The owner's id in our user namespace. */
  uid: number
  /** Identifies the socket on this machine; `0` if no process holds it any more. */
  inode: string
}

/** Parses one row; undefined for other lines, such as the header. */
export function tcpRowOf(line: string): TcpRow | undefined {
  const colon = line.indexOf(': ')
  if (colon < 0) return undefined
  const [local = '', remote = '', state, , , , uid, , inode] = line
    .slice(colon + 2)
    .split(' ')
    .filter((field) => field !== '')
  if (uid === undefined || inode === undefined) return undefined
  return {
    ends: `${withoutMapping(local)} ${withoutMapping(remote)}`,
    isListening: state === '0A',
    uid: Number(uid),
    inode,
  }
}

/** Returns the `ends` of the peer's row for a socket of ours, or undefined if it is gone. */
export function otherEndOf(socket: Socket): string | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  const [other, own] = [hexOf(remoteAddress, remotePort), hexOf(localAddress, localPort)]
  return other === undefined || own === undefined ? undefined : `${other} ${own}`
}

/** Formats an IPv4 address, possibly mapped into IPv6, and its port as the kernel does. */
export function hexOf(address: string | undefined, port: number | undefined): string | undefined {
  const numbers = address
    ?.replace(/^::ffff:/i, '')
    .split('.')
    .map(Number)
  if (port === undefined || numbers?.length !== 4 || !numbers.every(isByte)) return undefined
  // A 32-bit number as it is in memory, in the machine's byte order.
  const bytes = endianness() === 'LE' ? numbers.reverse() : numbers
  return `${bytes.map((byte) => hex(byte, 2)).join('')}:${hex(port, 4)}`
}

const MAPPED = `${'0'.repeat(16)}${endianness() === 'LE' ? 'FFFF0000' : '0000FFFF'}`

function withoutMapping(end: string): string {
  return end.startsWith(MAPPED) ? end.slice(MAPPED.length) : end
}

function isByte(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 255
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0')
}

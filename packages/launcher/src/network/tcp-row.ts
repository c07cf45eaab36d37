import type { Socket } from 'node:net'
import { endianness } from 'node:os'

/** A row of `/proc/net/tcp` or `tcp6` (proc_net_tcp(5)): one socket of this machine. */
export type TcpRow = {
  /** `LOCAL:PORT REMOTE:PORT` in the kernel's hexadecimal, IPv4-mapped addresses as IPv4. */
  ends: string
  isListening: boolean
  /** Whose it is, as our user namespace names him. */
  uid: number
  /** Names the socket among all of the machine; `0` where no process has it any more. */
  inode: string
}

/** Reads one row; nothing where the line is none, as the first one, which has the names. */
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

/** The `ends` of the row of whoever is connected to a socket of ours; nothing where it is gone. */
export function otherEndOf(socket: Socket): string | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  const [other, own] = [hexOf(remoteAddress, remotePort), hexOf(localAddress, localPort)]
  return other === undefined || own === undefined ? undefined : `${other} ${own}`
}

/** An IPv4 address, or one mapped into IPv6, with its port, as the kernel writes it. */
export function hexOf(address: string | undefined, port: number | undefined): string | undefined {
  const numbers = address
    ?.replace(/^::ffff:/i, '')
    .split('.')
    .map(Number)
  if (port === undefined || numbers?.length !== 4 || !numbers.every(isByte)) return undefined
  // A number of 32 bits as it lies in memory, whose order of bytes is the machine's.
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

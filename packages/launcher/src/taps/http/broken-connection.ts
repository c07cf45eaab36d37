import type { Duplex } from 'node:stream'

/**
 * Whether a connection that is said to have ended was broken off. libuv tells a reset that comes
 * right behind bytes as an end (`uv__stream_io`); but then there is nobody at the other end any more.
 */
export function isBrokenOff(socket: Duplex): boolean {
  const { _handle: handle } = socket as unknown as { _handle?: Handle | null }
  // With both sides closed there is nobody there either, as it should be.
  if (socket.writableEnded || typeof handle?.getpeername !== 'function') return false
  return handle.getpeername({}) !== 0
}

/** Node's own, behind `socket.remoteAddress`, which remembers what it said before. */
type Handle = { getpeername?: (address: object) => number }

export function resetError(): NodeJS.ErrnoException {
  return Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' })
}

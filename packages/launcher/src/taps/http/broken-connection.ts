import type { Duplex } from 'node:stream'

/**
 * Whether a connection that is reported as ended was reset. libuv reports a reset right after bytes
 * as an end (`uv__stream_io`), but then there is no peer any more.
 */
export function isBrokenOff(socket: Duplex): boolean {
  const { _handle: handle } = socket as unknown as { _handle?: Handle | null }
  // If both sides are closed there is no peer either, as expected.
  if (socket.writableEnded || typeof handle?.getpeername !== 'function') return false
  return handle.getpeername({}) !== 0
}

/** Node's internal handle: `socket.remoteAddress` would return a cached value. */
type Handle = { getpeername?: (address: object) => number }

export function resetError(): NodeJS.ErrnoException {
  return Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' })
}

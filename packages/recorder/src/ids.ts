import { createHash, randomBytes, randomFillSync } from 'node:crypto'
import { isCanonicalUuid, traceIdOfUuid } from '@tacho/format'

// Random bytes for many ids at once: eight bytes cost as much as hundreds of ids.
const pool = Buffer.allocUnsafe(8 * 512)
let poolAt = pool.length

/** Returns a new span id: 16 hex digits, never all zero. */
export function newSpanId(): string {
  if (poolAt === pool.length) {
    randomFillSync(pool)
    poolAt = 0
  }
  const id = pool.toString('hex', poolAt, poolAt + 8)
  poolAt += 8
  return id === '0000000000000000' ? newSpanId() : id
}

/** Returns a new session id, for an agent without its own: a UUIDv7 (RFC 9562). */
export function newSessionId(milliseconds: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(milliseconds, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/**
 * Returns a session's trace id: the digits of its UUID if that is in lower case, else the first 16
 * bytes of the id's SHA-256.
 */
export function traceIdOf(sessionId: string): string {
  if (isCanonicalUuid(sessionId)) return traceIdOfUuid(sessionId)
  return createHash('sha256').update(sessionId).digest('hex').slice(0, 32)
}

import { createHmac } from 'node:crypto'

/** Enough to tell two secrets of a session apart: 4 hex digits of an HMAC under its key. */
export function fingerprintOf(secret: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(secret).digest('hex').slice(0, 4)
}

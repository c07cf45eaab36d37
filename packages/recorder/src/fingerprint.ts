import { createHmac } from 'node:crypto'

/** Returns 4 hex digits of an HMAC under the session's key: enough to tell its secrets apart. */
export function fingerprintOf(secret: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(secret).digest('hex').slice(0, 4)
}

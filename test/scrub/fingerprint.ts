import { createHmac } from 'node:crypto'

/** As a session makes it, but with a key that the tests know. */
export function fingerprint(secret: string): string {
  return createHmac('sha256', 'the key of a test').update(secret).digest('hex').slice(0, 4)
}

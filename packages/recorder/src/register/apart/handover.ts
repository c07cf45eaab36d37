import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Where a host leaves what the pipe had not accepted when it exited: an encrypted file, because it
 * may hold secrets. Only the recorder process has the key.
 */
export type Handover = { path: string; key: string }

const CIPHER = 'aes-256-gcm'
const TAG_BYTES = 16
// Each key is used for one file only.
const NONCE = Buffer.alloc(12)

/** Names a new handover file. */
export function newHandover(): Handover {
  const path = join(tmpdir(), `tacho-${randomUUID()}`)
  return { path, key: randomBytes(32).toString('base64') }
}

/**
 * Writes the handover file.
 *
 * @throws if it cannot be written.
 */
export function leave({ path, key }: Handover, parts: readonly Uint8Array[]): void {
  const cipher = createCipheriv(CIPHER, Buffer.from(key, 'base64'), NONCE)
  const coded = parts.map((part) => cipher.update(part))
  const whole = Buffer.concat([...coded, cipher.final(), cipher.getAuthTag()])
  writeFileSync(path, whole, { mode: 0o600, flag: 'wx' })
}

/** Reads and removes the handover file; undefined if there is none, or it is incomplete. */
export function takeLeft({ path, key }: Handover): Uint8Array | undefined {
  try {
    const whole = readFileSync(path)
    rmSync(path, { force: true })
    const end = whole.length - TAG_BYTES
    const decipher = createDecipheriv(CIPHER, Buffer.from(key, 'base64'), NONCE)
    decipher.setAuthTag(whole.subarray(end))
    return Buffer.concat([decipher.update(whole.subarray(0, end)), decipher.final()])
  } catch {
    return undefined
  }
}

import type { Checksum } from './line.js'
import { wellFormedJson } from './well-formed.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const TAIL = /,\n {2}"crc": "([0-9a-f]{8})"\n\}\n$/
const TAIL_LENGTH = tailOf(0).length

/**
 * Encodes a manifest for `session.json`: readable JSON, with the CRC-32 of all bytes before it as
 * its last member.
 */
export function encodeManifest(manifest: object, checksum: Checksum): Uint8Array {
  const json = wellFormedJson(JSON.stringify(manifest, null, 2))
  return withTail(encoder.encode(json.slice(0, -'\n}'.length)), checksum)
}

/** A decoded manifest: its value, and why it may not be what was written. */
export type DecodedManifest = { value: unknown; damage?: string } | { damage: string }

/** Decodes the bytes of a `session.json`. Never throws. Tacho 0.1.0 wrote no checksum. */
export function decodeManifest(bytes: Uint8Array, checksum: Checksum): DecodedManifest {
  const text = decoder.decode(bytes)
  const value = parse(text)
  if (value === undefined) return { damage: 'torn or broken JSON' }
  const told = TAIL.exec(text)?.[1]
  if (told === undefined) {
    const isOld = !hasChecksum(value) && ENDS_WITH_LIST.test(text)
    return isOld ? { value } : { value, damage: 'its checksum is not where it must be' }
  }
  const isWhole = checksum(bytes.subarray(0, -TAIL_LENGTH)) >>> 0 === Number.parseInt(told, 16)
  return isWhole ? { value } : { value, damage: 'its checksum does not match' }
}

/**
 * Updates the checksum of a manifest whose text was changed; one without a checksum stays without.
 */
export function resealManifest(bytes: Uint8Array, checksum: Checksum): Uint8Array {
  if (!TAIL.test(decoder.decode(bytes.subarray(-TAIL_LENGTH)))) return bytes
  return withTail(bytes.subarray(0, -TAIL_LENGTH), checksum)
}

// A manifest of 0.1.0 ends with the list of its runs. Checking this keeps a flipped byte in the
// checksum's name from making a current manifest look like an old one.
const ENDS_WITH_LIST = /\]\s*\}\s*$/

function withTail(body: Uint8Array, checksum: Checksum): Uint8Array {
  const tail = encoder.encode(tailOf(checksum(body)))
  const whole = new Uint8Array(body.length + tail.length)
  whole.set(body)
  whole.set(tail, body.length)
  return whole
}

function tailOf(checksum: number): string {
  return `,\n  "crc": "${(checksum >>> 0).toString(16).padStart(8, '0')}"\n}\n`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function hasChecksum(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'crc' in value
}

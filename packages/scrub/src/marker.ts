/** What a marker says: which rule found the secret, and which secret it is. */
export type Marked = {
  rule: string
  /** 4 hex digits; the same for every form of one secret. */
  fingerprint: string
}

/** Returns the marker for a place that may change its length: `[secret:authorization:7f3a]`. */
export function marker({ rule, fingerprint }: Marked): string {
  return `[secret:${rule}:${fingerprint}]`
}

/**
 * Returns a marker of exactly `length` characters, all ASCII: the longest that fits, padded with
 * dots before its bracket. Below 8 characters there is only room for dots, as when a secret partly
 * overlaps another.
 */
export function markerOfLength({ rule, fingerprint }: Marked, length: number): string {
  const words = [`[secret:${rule}:${fingerprint}`, `[secret:${fingerprint}`, `[s:${fingerprint}`]
  const fitting = words.find((word) => word.length < length)
  return fitting === undefined ? '.'.repeat(length) : `${fitting.padEnd(length - 1, '.')}]`
}

/** Returns what replaces a text that could not be scrubbed, `length` characters long. */
export function unscrubbed(length: number): string {
  const word = '[secret:unscrubbed'
  return word.length < length ? `${word.padEnd(length - 1, '.')}]` : '.'.repeat(length)
}

/** Writes ASCII text into bytes. */
export function writeAscii(bytes: Uint8Array, at: number, ascii: string): void {
  for (let index = 0; index < ascii.length; index += 1) bytes[at + index] = ascii.charCodeAt(index)
}

/**
 * Returns a rule's name as it may appear in a marker: it can be a header's name, which comes from
 * outside.
 */
export function ruleName(name: string): string {
  return name
    .toLowerCase()
    .slice(0, 40)
    .replace(/[^a-z0-9._-]/g, '-')
}

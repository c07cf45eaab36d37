/** What stands in a marker: which rule found the secret, and which secret it is. */
export type Marked = {
  rule: string
  /** 4 hex digits; the same for every form of the same secret. */
  fingerprint: string
}

/** The marker for a place that may change its length: `[secret:authorization:7f3a]`. */
export function marker({ rule, fingerprint }: Marked): string {
  return `[secret:${rule}:${fingerprint}]`
}

/**
 * The marker that is exactly `length` characters long, all ASCII: the longest that fits, padded
 * with dots before its bracket. Below 8 there is room for dots only; that is what remains of a
 * secret that lies half under another one.
 */
export function markerOfLength({ rule, fingerprint }: Marked, length: number): string {
  const words = [`[secret:${rule}:${fingerprint}`, `[secret:${fingerprint}`, `[s:${fingerprint}`]
  const fitting = words.find((word) => word.length < length)
  return fitting === undefined ? '.'.repeat(length) : `${fitting.padEnd(length - 1, '.')}]`
}

/** What stands for a text that could not be scrubbed, `length` characters long. */
export function unscrubbed(length: number): string {
  const word = '[secret:unscrubbed'
  return word.length < length ? `${word.padEnd(length - 1, '.')}]` : '.'.repeat(length)
}

/** Writes an ASCII text into bytes. */
export function writeAscii(bytes: Uint8Array, at: number, ascii: string): void {
  for (let index = 0; index < ascii.length; index += 1) bytes[at + index] = ascii.charCodeAt(index)
}

/** A rule's name as it may stand in a marker: it can come from a header's name, that is, from outside. */
export function ruleName(name: string): string {
  return name
    .toLowerCase()
    .slice(0, 40)
    .replace(/[^a-z0-9._-]/g, '-')
}

const { Buffer: NodeBuffer } = globalThis as { Buffer?: { prototype: Uint8Array } }

/** Node's own search, which compares whole words; the language's built-in goes byte by byte. */
const find = NodeBuffer?.prototype.indexOf ?? Uint8Array.prototype.indexOf

/** Returns the first index of a byte, starting at `from`, or -1. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number): number {
  return find.call(bytes, byte, from)
}

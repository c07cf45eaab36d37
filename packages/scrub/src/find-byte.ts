const { Buffer: NodeBuffer } = globalThis as { Buffer?: { prototype: Uint8Array } }

/** What Node searches its own bytes with: words at a time, where the language's looks at one byte after the other. */
const find = NodeBuffer?.prototype.indexOf ?? Uint8Array.prototype.indexOf

/** The first place of a byte from another place on; -1 where there is none. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number): number {
  return find.call(bytes, byte, from)
}

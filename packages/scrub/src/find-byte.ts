const { Buffer: NodeBuffer } = globalThis as { Buffer?: { prototype: Uint8Array } }

/** What Node searches its own bytes with: words at a time, where the language's looks at one byte after the other. */
const { indexOf: find, lastIndexOf: findBack } = NodeBuffer?.prototype ?? Uint8Array.prototype

/** The first place of a byte from another place on; -1 where there is none. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number): number {
  return find.call(bytes, byte, from)
}

/** The last place of a byte from another place back; -1 where there is none. */
export function lastIndexOfByte(bytes: Uint8Array, byte: number, from: number): number {
  return findBack.call(bytes, byte, from)
}

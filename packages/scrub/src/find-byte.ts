const { Buffer: NodeBuffer } = globalThis as { Buffer?: { prototype: Uint8Array } }

/** Node's own search, which compares words at a time; the language's compares single bytes. */
const { indexOf: find, lastIndexOf: findBack } = NodeBuffer?.prototype ?? Uint8Array.prototype

/** Returns the first offset of a byte, starting at another; -1 if there is none. */
export function indexOfByte(bytes: Uint8Array, byte: number, from: number): number {
  return find.call(bytes, byte, from)
}

/** Returns the last offset of a byte, searching backwards from another; -1 if there is none. */
export function lastIndexOfByte(bytes: Uint8Array, byte: number, from: number): number {
  return findBack.call(bytes, byte, from)
}

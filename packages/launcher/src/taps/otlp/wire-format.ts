import { Malformed } from './log-record.js'

/** A field of a Protocol Buffers message: what is on the wire, before interpretation. */
export type Field =
  | { number: number; kind: 'varint'; value: bigint }
  | { number: number; kind: 'fixed64'; value: DataView }
  | { number: number; kind: 'fixed32' }
  | { number: number; kind: 'bytes'; value: Uint8Array }

/**
 * Yields the fields of a message in order (Protocol Buffers, "Encoding").
 *
 * @throws Malformed if a field is cut off or of an unknown wire type.
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  let at = 0
  while (at < message.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        yield { number, kind: 'varint', value: varint() }
        break
      case 1: {
        const start = skip(8)
        yield { number, kind: 'fixed64', value: new DataView(view.buffer, view.byteOffset + start) }
        break
      }
      case 2: {
        const length = Number(varint())
        const start = skip(length)
        yield { number, kind: 'bytes', value: message.subarray(start, start + length) }
        break
      }
      case 5:
        skip(4)
        yield { number, kind: 'fixed32' }
        break
      default:
        throw new Malformed(`a field has the wire type ${tag % 8}`)
    }
  }

  function varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[skip(1)] ?? 0
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Malformed('a number has more than ten bytes')
  }

  function skip(length: number): number {
    const start = at
    if (length > message.length - at) throw new Malformed('the body is cut off')
    at += length
    return start
  }
}

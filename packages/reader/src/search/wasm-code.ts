/**
 * Opcodes of the few WebAssembly instructions that a search needs: it is too little for a compiler.
 * https://webassembly.github.io/spec/core/binary/instructions.html
 */
export const op = {
  any: [0xfd, 0x53],
  bitmask: [0xfd, 0x64],
  equal: [0xfd, 0x23],
  and: [0xfd, 0x4e],
  andNot: [0xfd, 0x4f],
  or: [0xfd, 0x50],
  add: [0x6a],
  subtract: [0x6b],
  multiply: [0x6c],
  shiftLeft: [0x74],
  shiftRight: [0x76],
  andBits: [0x71],
  orBits: [0x72],
  lowestBit: [0x68],
  isZero: [0x45],
  same: [0x46],
  differ: [0x47],
  below: [0x49],
  notBelow: [0x4f],
  store: [0x36, 2, 0],
  return: [0x0f],
  unreachable: [0x00],
  byteAt: (offset: number) => [0x2d, 0, ...leb128(offset)],
  wordAt: (offset: number) => [0x28, 0, ...leb128(offset)],
  storeAt: (offset: number) => [0x36, 0, ...leb128(offset)],
  /** Leaves this many enclosing blocks; a loop is repeated. */
  leave: (blocks: number) => [0x0c, blocks],
  leaveIf: (blocks: number) => [0x0d, blocks],
}

export const get = (local: number): number[] => [0x20, local]
export const set = (local: number): number[] => [0x21, local]
export const tee = (local: number): number[] => [0x22, local]
export const i32 = (value: number): number[] => [0x41, ...signed(value)]
/** Sixteen bytes from an address plus this offset. */
export const vectorAt = (offset: number): number[] => [0xfd, 0, 0, ...leb128(offset)]
/** Sixteen times the same byte. */
export const splat = (byte: number): number[] => [...i32(byte), 0xfd, 0x0f]
export const block = (body: number[]): number[] => [0x02, EMPTY, ...body, CLOSE]
export const loop = (body: number[]): number[] => [0x03, EMPTY, ...body, CLOSE]
export const ifTrue = (body: number[]): number[] => [0x04, EMPTY, ...body, CLOSE]

const EMPTY = 0x40
const CLOSE = 0x0b

export type WasmFunction = {
  /** The least size of the imported memory. */
  pages: number
  code: number[]
  /** In addition to its two parameters. */
  locals: { i32: number; v128: number }
}

/**
 * Assembles a module with a function `run` from two numbers to one, memory `m.m`, and initial
 * bytes.
 */
export function wasmModule(
  { pages, code, locals }: WasmFunction,
  bytes: readonly { at: number; bytes: number[] }[],
): Uint8Array<ArrayBuffer> {
  const body = [2, locals.i32, 0x7f, locals.v128, 0x7b, ...code, CLOSE]
  const name = [3, ...Buffer.from('run')]
  const put = bytes.flatMap((part) => [
    ...[0, ...i32(part.at), CLOSE],
    ...[...leb128(part.bytes.length), ...part.bytes],
  ])
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f]),
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 2, 0, ...leb128(pages)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name, 0, 0]),
    ...section(10, [1, ...leb128(body.length), ...body]),
    ...section(11, [...leb128(bytes.length), ...put]),
  ])
}

function section(id: number, content: number[]): number[] {
  return [id, ...leb128(content.length), ...content]
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)]
}

function signed(value: number): number[] {
  const isLast = value >= -64 && value < 64
  return isLast ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)]
}

/** The source of one WebAssembly function. */
export type Listing = {
  /**
   * Words, separated by spaces. A variable alone reads it, `=variable` sets it, and `:=variable`
   * sets it and keeps the value; a number or a constant is itself. `load8@CONSTANT` and the like
   * take an address relative to the constant. `block:name`, `loop:name` and `if` last until `end`;
   * `br:name` leaves the block or repeats the loop. All other words are instructions.
   */
  code: string
  /** Numbers first, the first of which are parameters, then vectors. */
  variables: readonly string[]
  given: number
  vectors: number
  constants: Readonly<Record<string, number>>
  /** Pages of memory that it needs. */
  pages: number
}

/**
 * Assembles a listing into a module, which exports the function as `run` and imports its memory as
 * `m.m`. https://webassembly.github.io/spec/core/binary/instructions.html
 */
export function assemble(listing: Listing): Uint8Array<ArrayBuffer> {
  const { given, vectors, variables, pages } = listing
  const numbers = variables.length - vectors - given
  const body = [2, ...leb128(numbers), 0x7f, ...leb128(vectors), 0x7b, ...codeOf(listing), 0x0b]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, given, ...Array.from({ length: given }, () => 0x7f), 1, 0x7f]),
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 2, 0, ...leb128(pages)]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, 0x72, 0x75, 0x6e, 0, 0]),
    ...section(10, [1, ...leb128(body.length), ...body]),
  ])
}

function codeOf({ code, variables, constants }: Listing): number[] {
  const labels: string[] = []
  const locals = new Map(variables.map((name, index) => [name, index]))
  return code
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => {
      const [, sets = '', name = '', at, operand = ''] =
        /^(:?=)?([\w-]+)(?:([:@])(\w+))?$/.exec(word) ?? []
      const local = locals.get(name)
      if (local !== undefined) return [sets === '' ? 0x20 : sets === '=' ? 0x21 : 0x22, local]
      const number = constants[name] ?? Number(name)
      if (!Number.isNaN(number)) return [0x41, ...signed(number)]
      const opcode = OPCODES[name]
      if (opcode === undefined) throw new TypeError(`${word} is not a word of a listing`)
      if (at === '@') return [...opcode, 0, ...leb128(constants[operand] ?? Number(operand))]
      if (name === 'end') labels.pop()
      else if (name === 'block' || name === 'loop' || name === 'if') labels.push(operand)
      else if (name === 'br' || name === 'br_if')
        return [...opcode, labels.length - 1 - labels.lastIndexOf(operand)]
      else if (name === 'shuffle')
        return [...opcode, ...Array.from({ length: 16 }, (_, lane) => Number(operand) + lane)]
      else if (name === 'lane32') return [...opcode, Number(operand)]
      return opcode
    })
}

/** Named as in the specification, or shorter. */
const OPCODES: Readonly<Record<string, readonly number[]>> = {
  ...{ block: [0x02, 0x40], loop: [0x03, 0x40], if: [0x04, 0x40], else: [0x05], end: [0x0b] },
  ...{ br: [0x0c], br_if: [0x0d], return: [0x0f], unreachable: [0x00] },
  ...{ load: [0x28], load8: [0x2d], store: [0x36], store8: [0x3a] },
  ...{ eqz: [0x45], eq: [0x46], ne: [0x47], less: [0x48], more: [0x4a] },
  // Of numbers without a sign.
  ...{ below: [0x49], notbelow: [0x4f] },
  ...{ ctz: [0x68], add: [0x6a], sub: [0x6b], mul: [0x6c], and: [0x71], or: [0x72], xor: [0x73] },
  ...{ shl: [0x74], shr: [0x76] },
  ...{ vload: [0xfd, 0x00], vstore: [0xfd, 0x0b], shuffle: [0xfd, 0x0d], splat: [0xfd, 0x0f] },
  splat32: [0xfd, 0x11],
  ...{ lane32: [0xfd, 0x1b], veq: [0xfd, 0x23], vor: [0xfd, 0x50], vxor: [0xfd, 0x51] },
  ...{ vand: [0xfd, 0x4e], vandnot: [0xfd, 0x4f], any: [0xfd, 0x53] },
  ...{ bitmask: [0xfd, 0x64], lower: [0xfd, 0x89, 0x01], upper: [0xfd, 0x8a, 0x01] },
  ...{ vshl: [0xfd, 0x8b, 0x01], vshr: [0xfd, 0x8d, 0x01] },
  ...{ vshl32: [0xfd, 0xab, 0x01], vshr32: [0xfd, 0xad, 0x01] },
  ...{ vshl64: [0xfd, 0xcb, 0x01], vshr64: [0xfd, 0xcd, 0x01] },
  ...{ vsub: [0xfd, 0x71], vbelow: [0xfd, 0x26], swizzle: [0xfd, 0x0e] },
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb128(content.length), ...content]
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >>> 7)]
}

function signed(value: number): number[] {
  const isLast = value >= -64 && value < 64
  return isLast ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)]
}

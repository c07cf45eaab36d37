/** The longest text converted to JSON at once: more than one read of a socket returns. */
export const JSON_TEXT_BYTES = 256 * 1024

/** Memory that begins with a line, with room for its end, and the line's length so far. */
export type BegunLine = { room: Buffer; length: number }

/**
 * Encodes text as JSON, sixteen bytes at a time: the same as `JSON.stringify`, for a tenth of the
 * cost of that and of converting to a string.
 */
export type JsonText = {
  /**
   * @param head what comes before it in the line.
   * @param text valid UTF-8, at most {@link JSON_TEXT_BYTES}.
   * @returns both, in memory that the next call overwrites.
   */
  behind(head: string, text: Uint8Array): BegunLine
}

/**
 * Returns undefined if the processor has no vector instructions, or the host allows no WebAssembly.
 */
export function openJsonText(): JsonText | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: PAGES })
    const instance = new WebAssembly.Instance(new WebAssembly.Module(program()), {
      m: { m: memory },
    })
    writeTable(Buffer.from(memory.buffer))
    const write = instance.exports.e as (from: number, to: number, out: number) => number
    const place = Buffer.from(memory.buffer, TEXT_AT, JSON_TEXT_BYTES)
    const room = Buffer.from(memory.buffer, ROOM_AT)
    return {
      behind(head, text) {
        place.set(text)
        const out = ROOM_AT + room.write(head)
        return { room, length: write(TEXT_AT, TEXT_AT + text.length, out) - ROOM_AT }
      },
    }
  } catch {
    return undefined
  }
}

/** The encoding of each byte, padded to eight bytes; the lengths of all encodings follow. */
const TABLE_ENTRY = 8
const LENGTHS_AT = 256 * TABLE_ENTRY
const TEXT_AT = 4096
const ROOM_AT = TEXT_AT + JSON_TEXT_BYTES
/** Room for what comes before and after a text in its line. */
const ROOM_AROUND = 256 * 1024
const PAGE = 64 * 1024
/** JSON encodes a control character in six bytes. */
const PAGES = Math.ceil((ROOM_AT + 6 * JSON_TEXT_BYTES + ROOM_AROUND) / PAGE)

function writeTable(memory: Buffer): void {
  for (let byte = 0; byte < 256; byte += 1) {
    const character = String.fromCharCode(byte)
    const text = byte < 0x80 ? JSON.stringify(character).slice(1, -1) : character
    memory.write(text, byte * TABLE_ENTRY, 'latin1')
    memory[LENGTHS_AT + byte] = text.length
  }
}

// Written by hand, because it is short and no compiler makes it: a function of where the text
// begins (local 0) and ends (1), and where the output goes (2). It returns the output's end.
// https://webassembly.github.io/spec/core/binary/instructions.html
const CODE = bytesOf(`
  02 01 7b 01 7f                                     local 3: sixteen bytes; local 4: a number
  03 40                                              loop
    02 40 02 40                                        two blocks, to leave below
      20 00 41 10 6a 20 01 4b 0d 00                      are there no sixteen bytes more: leave the inner one
      20 02 20 00 fd 00 00 00 22 03 fd 0b 00 00          they go out as they are
      20 03 41 20 fd 0f fd 26                            which of them are below a blank,
      20 03 41 22 fd 0f fd 23 fd 50                      or a quote,
      20 03 41 dc 00 fd 0f fd 23 fd 50                   or a backslash:
      fd 64 22 04 45                                     a bit for each
      04 40                                              is there none:
        20 00 41 10 6a 21 00 20 02 41 10 6a 21 02          on by sixteen, in both places
        0c 03                                              and from the beginning
      0b
      20 04 68 22 04 20 00 6a 21 00                      on to the first of them, in both places
      20 02 20 04 6a 21 02
      0c 01                                              leave the outer block
    0b
      20 00 20 01 4f 04 40 20 02 0f 0b                   is the text over: return
    0b
    20 02 20 00 2d 00 00 22 04 41 03 74 29 00 00 37 00 00  what stands for one byte goes out,
    20 02 20 04 2d 00 80 10 6a 21 02                   as much of it as counts (the lengths are at 2048)
    20 00 41 01 6a 21 00                               on by one
    0c 00                                              from the beginning
  0b
  00 0b
`)

/** Returns a module that exports this function as `e` and imports its memory as `m.m`. */
function program(): Uint8Array<ArrayBuffer> {
  const bytes = [
    ...bytesOf('00 61 73 6d 01 00 00 00'),
    ...section(1, bytesOf('01 60 03 7f 7f 7f 01 7f')),
    ...section(2, [...bytesOf('01 01 6d 01 6d 02 00'), ...leb128(PAGES)]),
    ...section(3, bytesOf('01 00')),
    ...section(7, bytesOf('01 01 65 00 00')),
    ...section(10, [1, ...leb128(CODE.length), ...CODE]),
  ]
  return Uint8Array.from(bytes)
}

function section(id: number, content: number[]): number[] {
  return [id, ...leb128(content.length), ...content]
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)]
}

/** Returns the bytes at the start of each line; text follows after two spaces. */
function bytesOf(listing: string): number[] {
  const lines = listing.split('\n').map((line) => line.trim().split('  ')[0] ?? '')
  return lines
    .flatMap((line) => line.split(' ').filter((byte) => byte !== ''))
    .map((byte) => Number.parseInt(byte, 16))
}

import { parseCopies } from './body/parse-copies.js'
import { joined } from './joined.js'
import { wellFormedJson } from './well-formed.js'

/** Computes the CRC-32 of bytes (zlib's): `zlib.crc32` under Node. */
export type Checksum = (bytes: Uint8Array) => number

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true })

const TAIL_BEGINS = encoder.encode(',"crc":"')
const TAIL_ENDS = encoder.encode('"}')
const TAIL_LENGTH = TAIL_BEGINS.length + 8 + TAIL_ENDS.length

/**
 * Encodes a record as a line: its JSON, with the CRC-32 of everything before it as the last member,
 * and a newline. The checksum lets a reader detect flipped bytes; a program that does not know it
 * sees one more member.
 */
export function encodeLine(record: object, checksum: Checksum): Uint8Array {
  const json = encoder.encode(wellFormedJson(JSON.stringify(record)))
  const body = json.subarray(0, json.length - 1)
  const tail = encoder.encode(lineTail(checksum(body)))
  const line = new Uint8Array(body.length + tail.length)
  line.set(body)
  line.set(tail, body.length)
  return line
}

/**
 * Returns what follows the JSON of a line, minus its closing brace: the checksum and the newline.
 */
export function lineTail(checksum: number): string {
  return `,"crc":"${(checksum >>> 0).toString(16).padStart(8, '0')}"}\n`
}

/** A decoded line: an object, or the reason why it is damaged. */
export type DecodedLine = { value: Record<string, unknown> } | { damage: string }

/**
 * Decodes one line (without its newline). Never throws: a torn, flipped or foreign line is damage.
 * A line without a checksum is accepted, because other programs write such lines.
 */
export function decodeLine(line: Uint8Array, checksum: Checksum): DecodedLine {
  const value = parseCopies(line) ?? parseLine(line)
  if (typeof value === 'string') return { damage: value }
  if (value.crc === undefined) return { value }
  const body = line.subarray(0, Math.max(0, line.length - TAIL_LENGTH))
  if (toldChecksum(line) !== checksum(body) >>> 0) return { damage: 'the checksum does not match' }
  // Deletes the last member in place: copying the rest would take longer than parsing it.
  delete value.crc
  return { value }
}

/** Returns whether a line matches its checksum, by its bytes alone. */
export function matchesChecksum(line: Uint8Array, checksum: Checksum): boolean {
  const told = toldChecksum(line)
  return told !== undefined && told === checksum(line.subarray(0, line.length - TAIL_LENGTH)) >>> 0
}

/** Returns the checksum with which a line ends; undefined if it has none. */
export function toldChecksum(line: Uint8Array): number | undefined {
  // Byte by byte: a log has millions of lines, and each is checked.
  const begin = line.length - TAIL_LENGTH
  if (begin < 0) return undefined
  for (let index = 0; index < TAIL_BEGINS.length; index += 1) {
    if (line[begin + index] !== TAIL_BEGINS[index]) return undefined
  }
  let told = 0
  let at = begin + TAIL_BEGINS.length
  for (const end = at + 8; at < end; at += 1) {
    const digit = digitOf(line[at] ?? 0)
    if (digit < 0) return undefined
    told = told * 16 + digit
  }
  return line[at] === TAIL_ENDS[0] && line[at + 1] === TAIL_ENDS[1] ? told : undefined
}

function digitOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  return byte >= 97 && byte <= 102 ? byte - 87 : -1
}

/** Returns the object in a line, or why there is none. */
function parseLine(line: Uint8Array): Record<string, unknown> | string {
  const text = decodeText(line)
  if (text === undefined) return line.includes(0) ? 'NUL bytes' : 'not UTF-8'
  return parseObject(text) ?? whyNoRecord(text)
}

function decodeText(line: Uint8Array): string | undefined {
  try {
    return strict.decode(line)
  } catch {
    return undefined
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  // Skipping the exception reads a log full of other lines a hundred times as fast.
  if (!text.startsWith('{') && !/^\s*\{/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown>
  } catch {
    return undefined
  }
}

function whyNoRecord(text: string): string {
  if (text.includes('\0')) return 'NUL bytes'
  return text.startsWith('{') ? 'torn or broken JSON' : 'not a record'
}

/** A line of a file and its position. */
export type PlacedLine = {
  bytes: Uint8Array
  /** The line number, from 1. */
  number: number
  /** The byte offset where it begins. */
  byte: number
  /** The file ended before its newline. */
  isTorn: boolean
}

const NEWLINE = 10

/**
 * Cuts a file into lines as its bytes arrive, holding no more than the current line.
 *
 * @example
 * const lines = new LineCutter()
 * for (const block of blocks) for (const line of lines.push(block)) use(line)
 * for (const line of lines.end()) use(line)
 */
export class LineCutter {
  #held: Uint8Array[] = []
  #heldLength = 0
  #number = 1
  #byte = 0

  /** Returns the lines that this block completes. They may share its memory. */
  push(block: Uint8Array): PlacedLine[] {
    const lines: PlacedLine[] = []
    let from = 0
    for (let to = block.indexOf(NEWLINE); to >= 0; to = block.indexOf(NEWLINE, from)) {
      this.#hold(block.subarray(from, to))
      lines.push(this.#take(false))
      from = to + 1
    }
    // The caller may reuse the block. (`slice` of a Buffer would only be a view of it.)
    if (from < block.length) this.#hold(new Uint8Array(block.subarray(from)))
    return lines
  }

  /** Returns the torn line at the end of the file, if there is one. */
  end(): PlacedLine[] {
    return this.#heldLength > 0 ? [this.#take(true)] : []
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes)
    this.#heldLength += bytes.length
  }

  #take(isTorn: boolean): PlacedLine {
    const line = { bytes: joined(this.#held), number: this.#number, byte: this.#byte, isTorn }
    this.#number += 1
    this.#byte += line.bytes.length + 1
    this.#held = []
    this.#heldLength = 0
    return line
  }
}

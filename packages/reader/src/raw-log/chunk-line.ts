import { isProved } from '../rescue-line.js'

/** What a chunk's line says, read without decoding it. */
export type ChunkLine = {
  exchange: string
  /** Microseconds since its exchange began. */
  at: number
}

const HEAD = Buffer.from('{"kind":"chunk","exchange":"')
const AT = Buffer.from('","at":')
const CONTENT = Buffer.from(',"content":"')
const ID_LENGTH = 16
const AT_BEGINS = HEAD.length + ID_LENGTH
const NUMBER_BEGINS = AT_BEGINS + AT.length
/** `,"crc":"89abcdef"}` */
const TAIL_LENGTH = 18

/**
 * Reads a chunk of text, which nearly every line of a raw log is, by its bytes, in the recorder's
 * own form, and verifies its checksum. Decoding would take five times as long. Returns undefined
 * for any other form, such as a chunk of binary data or with replaced secrets.
 */
export function chunkLineOf(line: Buffer): ChunkLine | undefined {
  if (!stands(HEAD, line, 0) || !stands(AT, line, AT_BEGINS)) return undefined
  let at = 0
  let end = NUMBER_BEGINS
  for (; isDigit(line[end]); end += 1) at = at * 10 + ((line[end] ?? 0) - 48)
  if (end === NUMBER_BEGINS || end > NUMBER_BEGINS + 15 || !stands(CONTENT, line, end)) {
    return undefined
  }
  // Whatever follows the content does not end with a quotation mark.
  const last = line.length - TAIL_LENGTH - 1
  if (last < end + CONTENT.length || line[last] !== QUOTE || !isProved(line)) return undefined
  return { exchange: exchangeIn(line), at }
}

const lastId = Buffer.alloc(ID_LENGTH)
let lastExchange = ''

/**
 * Chunks come in rows of one exchange. The same string again saves making it, and hashing it for
 * each look-up.
 */
function exchangeIn(line: Buffer): string {
  if (lastExchange === '' || !stands(lastId, line, HEAD.length)) {
    line.copy(lastId, 0, HEAD.length, AT_BEGINS)
    lastExchange = lastId.toString('latin1')
  }
  return lastExchange
}

const QUOTE = 34

function stands(bytes: Buffer, line: Buffer, at: number): boolean {
  for (let index = 0; index < bytes.length; index += 1) {
    if (line[at + index] !== bytes[index]) return false
  }
  return true
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57
}

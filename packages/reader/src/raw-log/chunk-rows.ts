import { assemble } from '@tacho/scrub'

/** A row of lines, each a chunk of the same exchange with the right checksum. */
export type ChunkRow = {
  exchange: string
  chunks: number
  /** Microseconds since the exchange began, of the first chunk. */
  firstAt: number
  /** Of the latest. */
  lastAt: number
  /** Their length, newlines included. */
  bytes: number
}

/**
 * Reads rows of chunks by their bytes, as `chunkLineOf` reads one: nearly all lines of a long raw
 * log are such, and one by one they take five times as long.
 */
export type ChunkRows = {
  /** Where the bytes must be. */
  block: Buffer
  /** Returns the exchange of the chunk that seems to begin at this place of the block. */
  exchangeAt(from: number): string | undefined
  /**
   * Returns the row that begins at this place, which must be the start of a line; undefined if this
   * line is no such chunk or does not end before `to`. A row can end anywhere: there may be another.
   */
  take(from: number, to: number): ChunkRow | undefined
}

const free: ChunkRows[] = []
let isPossible = true

/**
 * Lends what reads such rows, for as long as one file is read; undefined if the processor has no
 * vectors, or the host forbids WebAssembly.
 */
export function borrowChunkRows(): ChunkRows | undefined {
  const held = free.pop()
  if (held !== undefined || !isPossible) return held
  try {
    return openChunkRows()
  } catch {
    isPossible = false
    return undefined
  }
}

export function giveBackChunkRows(rows: ChunkRows): void {
  free.push(rows)
}

const HEAD = '{"kind":"chunk","exchange":"'
const AT = '","at":'
const CONTENT = ',"content":"'
const CHECKSUM = ',"crc":"'
const ID_LENGTH = 16
const VECTOR = 16

const PAGE = 64 * 1024
const RESULTS_AT = 0
const HEAD_AT = 64
const TABLES_AT = 1024
const TABLES = VECTOR
const BLOCK_AT = PAGE
const BLOCK_BYTES = 4 * PAGE
/** Zeros, because reading extends beyond the last byte. */
const BEHIND_BYTES = PAGE
const PAGES = (BLOCK_AT + BLOCK_BYTES + BEHIND_BYTES) / PAGE

function openChunkRows(): ChunkRows {
  const memory = new WebAssembly.Memory({ initial: PAGES })
  const module = new WebAssembly.Module(rowProgram())
  const { run } = new WebAssembly.Instance(module, { m: { m: memory } }).exports
  const all = Buffer.from(memory.buffer)
  all.write(HEAD, HEAD_AT, 'latin1')
  writeTables(new Int32Array(memory.buffer, TABLES_AT, TABLES * 256))
  const results = new Int32Array(memory.buffer, RESULTS_AT, 3)
  const block = all.subarray(BLOCK_AT, BLOCK_AT + BLOCK_BYTES)
  const exchangeAt = exchangesIn(block)
  return {
    block,
    exchangeAt,
    take(from, to) {
      const end = (run as Program)(BLOCK_AT + from, BLOCK_AT + to) - BLOCK_AT
      const [chunks = 0, firstAt = 0, lastAt = 0] = results
      if (chunks === 0) return undefined
      return { exchange: exchangeAt(from) ?? '', chunks, firstAt, lastAt, bytes: end - from }
    },
  }
}

type Program = (at: number, to: number) => number

/** The same string again, as rows of one exchange often come in parts. */
function exchangesIn(block: Buffer): (from: number) => string | undefined {
  const head = Buffer.from(HEAD)
  const lastId = Buffer.alloc(ID_LENGTH)
  let last = ''
  return (from) => {
    const begins = from + HEAD.length
    if (begins + ID_LENGTH > block.length) return undefined
    if (block.compare(head, 0, HEAD.length, from, begins) !== 0) return undefined
    if (last === '' || block.compare(lastId, 0, ID_LENGTH, begins, begins + ID_LENGTH) !== 0) {
      block.copy(lastId, 0, begins, begins + ID_LENGTH)
      last = lastId.toString('latin1')
    }
    return last
  }
}

/**
 * Table n tells what a byte with n others behind it adds to a CRC-32: so sixteen bytes are read at a
 * time.
 */
function writeTables(tables: Int32Array): void {
  for (let byte = 0; byte < 256; byte += 1) {
    let sum = byte
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0)
    tables[byte] = sum
  }
  for (let place = 256; place < tables.length; place += 1) {
    const before = tables[place - 256] ?? 0
    tables[place] = (before >>> 8) ^ (tables[before & 255] ?? 0)
  }
}

/** Of zlib's CRC-32. */
const POLYNOMIAL = 0xedb88320

/**
 * A function of where a line begins and where the bytes end: returns where the first line begins
 * that is not part of the row, and stores the row's other facts.
 */
function rowProgram(): Uint8Array<ArrayBuffer> {
  const number = (text: string, from: number): number =>
    Buffer.from(text, 'latin1').readInt32LE(from)
  const ID_AT = HEAD.length
  const AT_AT = ID_AT + ID_LENGTH
  const NUMBER_AT = AT_AT + AT.length
  /** Longer numbers do not fit: 16 minutes. */
  const DIGITS = 9
  const CHECKSUM_LENGTH = CHECKSUM.length + 10
  const differs = (place: string, at: number, text: string, from: number): string =>
    `${place} load@${at + from} ${number(text, from)} ne br_if:over`
  const differsFrom = (place: string, at: number): string =>
    `at vload@${at} ${place} vload@${at} veq bitmask 65535 ne br_if:over`
  const stepOfSixteen = [0, 4, 8, 12]
    .flatMap((word) => {
      const value = `place load@${word} ${word === 0 ? 'sum xor' : ''} :=word`
      return [0, 1, 2, 3].map((byte) => {
        const table = TABLES_AT + (TABLES - 1 - word - byte) * 1024
        const index = byte === 0 ? '2 shl' : `${8 * byte - 2} shr`
        return `${byte === 0 ? value : 'word'} ${index} 1020 and load@${table}`
      })
    })
    .map((term, index) => `${term} ${index > 0 ? 'xor' : ''}`)
    .join('\n')
  const code = `
    block:over loop:line
      ${differsFrom('HEAD', 0)}
      ${differsFrom('HEAD', HEAD.length - VECTOR)}
      chunks if ${differsFrom('first', ID_AT)} end
      ${differs('at', AT_AT, AT, 0)}
      ${differs('at', AT_AT, AT, AT.length - 4)}

      0 =number
      at ${NUMBER_AT} add =place
      loop:digits
        place load8@0 48 sub :=digit 10 below if
          number 10 mul digit add =number
          place 1 add =place
          br:digits
        end
      end
      place at sub ${NUMBER_AT + 1} sub ${DIGITS} notbelow br_if:over
      ${[0, 4, 8].map((from) => differs('place', 0, CONTENT, from)).join('\n')}
      place ${CONTENT.length} add :=scan =content

      block:found loop:feeds
        scan to notbelow br_if:over
        scan vload@0 10 splat veq bitmask :=bits if
          scan bits ctz add =feed
          br:found
        end
        scan ${VECTOR} add =scan
        br:feeds
      end end
      feed to notbelow br_if:over

      feed ${CHECKSUM_LENGTH} sub =tail
      tail content sub 1 less br_if:over
      tail 1 sub load8@0 ${'"'.charCodeAt(0)} ne br_if:over
      ${differs('tail', 0, CHECKSUM, 0)}
      ${differs('tail', 0, CHECKSUM, 4)}
      tail load8@${CHECKSUM_LENGTH - 2} ${'"'.charCodeAt(0)} ne br_if:over
      tail load8@${CHECKSUM_LENGTH - 1} ${'}'.charCodeAt(0)} ne br_if:over
      0 =told
      0 =index
      loop:hex
        tail index add load8@${CHECKSUM.length} 48 sub :=digit 10 notbelow if
          digit ${'a'.charCodeAt(0) - 48} sub :=digit 6 notbelow br_if:over
          digit 10 add =digit
        end
        told 4 shl digit or =told
        index 1 add :=index 8 below br_if:hex
      end

      -1 =sum
      at =place
      block:rest loop:sixteen
        tail place sub ${VECTOR} less br_if:rest
        ${stepOfSixteen} =sum
        place ${VECTOR} add =place
        br:sixteen
      end end
      block:whole loop:bytes
        place tail notbelow br_if:whole
        sum place load8@0 xor 255 and 2 shl load@${TABLES_AT} sum 8 shr xor =sum
        place 1 add =place
        br:bytes
      end end
      sum -1 xor told ne br_if:over

      chunks eqz if
        number =firstAt
        at =first
      end
      number lastAt more if number =lastAt end
      chunks 1 add =chunks
      feed 1 add =at
      br:line
    end end
    0 chunks store@${RESULTS_AT}
    0 firstAt store@${RESULTS_AT + 4}
    0 lastAt store@${RESULTS_AT + 8}
    at
  `
  return assemble({
    code,
    given: 2,
    variables: [
      ...['at', 'to', 'first', 'chunks', 'firstAt', 'lastAt', 'place', 'number', 'digit'],
      ...['content', 'scan', 'bits', 'feed', 'tail', 'told', 'index', 'sum', 'word'],
    ],
    vectors: 0,
    pages: PAGES,
    constants: { HEAD: HEAD_AT },
  })
}

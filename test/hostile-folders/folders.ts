import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { encodeLine, SESSION_FILES } from '@tacho/format'
import {
  endedSpan,
  exchangeRecords,
  lines,
  RUN_ID,
  startedSpan,
  writeSession,
} from '../reader/session-folder.js'

/** Folders made to waste a reader's time and memory; each is small to store, or long to read. */
export type HostileFolder = {
  name: string
  /** @param size how much of it, in the unit that the name says. */
  write: (directory: string, size: number) => string
  /** The sizes for a soak. */
  size: number
  /** The sizes for every `npm test`: no more than a second's work. */
  small: number
}

const { raw, meta, events } = SESSION_FILES

export const HOSTILE_FOLDERS: readonly HostileFolder[] = [
  {
    name: 'a sealed line of so many bytes in the raw log',
    write: (directory, size) => sealedLine(directory, raw, size),
    size: 390_000_000,
    small: 100_000_000,
  },
  {
    name: 'a sealed line of so many bytes in the spans',
    write: (directory, size) => sealedLine(directory, meta, size),
    size: 390_000_000,
    small: 100_000_000,
  },
  {
    name: 'a sealed line of so many bytes in the events',
    write: (directory, size) => sealedLine(directory, events, size),
    size: 390_000_000,
    small: 100_000_000,
  },
  {
    name: 'a line of so many bytes that is just about read',
    write: (directory, size) => bodyOf(directory, '\u{1f600}'.repeat(size / 4)),
    size: 64 * 1024 * 1024,
    small: 4 * 1024 * 1024,
  },
  {
    name: 'so many bytes of tiny lines in each log',
    write: (directory, size) => tinyLines(directory, 'x\n', size),
    size: 100_000_000,
    small: 3_000_000,
  },
  {
    name: 'so many bytes of empty lines in each log',
    write: (directory, size) => tinyLines(directory, '\n', size),
    size: 100_000_000,
    small: 3_000_000,
  },
  {
    name: 'so many bytes of tiny objects in each log',
    write: (directory, size) => tinyLines(directory, '{}\n', size),
    size: 100_000_000,
    small: 3_000_000,
  },
  { name: 'a chain of so many spans', write: spanChain, size: 200_000, small: 20_000 },
  { name: 'so many spans in one line', write: spansInOneLine, size: 200_000, small: 20_000 },
  { name: 'so many exchanges', write: manyExchanges, size: 1_000_000, small: 20_000 },
  {
    name: 'so many exchanges that each copy from all over two large bodies',
    write: copiesLookedUp,
    size: 20_000,
    small: 200,
  },
  { name: 'a chain of so many bodies', write: bodyChain, size: 60_000, small: 5_000 },
  { name: 'so many runs in the manifest', write: manyRuns, size: 1_000_000, small: 20_000 },
  { name: 'so many events', write: manyEvents, size: 1_000_000, small: 20_000 },
]

function sealedLine(directory: string, log: string, size: number): string {
  const folder = writeSession(directory)
  writeFileSync(join(folder, events), '', { mode: 0o600 })
  const head = '{"kind":"chunk","exchange":"1111111111111111","at":1,"content":"'
  const line = Buffer.alloc(size, 'x')
  line.write(head)
  line.write('"}\n', size - 3)
  const [packed, length, checksum] = [deflateRawSync(line, { level: 1 }), line.length, crc32(line)]
  const description = Buffer.alloc(35)
  description.write('TSB1')
  description.writeUInt8(1, 4)
  description.writeUInt32LE(packed.length + 8, 5)
  description.writeUInt32LE(length, 9)
  description.writeUInt32LE(checksum, 13)
  description.writeUInt32LE(1, 23)
  description.writeUInt32LE(1, 27)
  description.writeUInt32LE(crc32(description.subarray(0, 31)), 31)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(checksum, 0)
  trailer.writeUInt32LE(length, 4)
  const prefix = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 39, 0, 0x54, 0x53, 35, 0]
  const part = log.replace(/\.log$/, '.1.log.gz')
  const file = Buffer.concat([Buffer.from(prefix), description, packed, trailer])
  writeFileSync(join(folder, part), file, { mode: 0o600 })
  return folder
}

function bodyOf(directory: string, text: string): string {
  const folder = writeSession(directory, { raw: exchangeRecords({ id: ID(1), request: text }) })
  writeFileSync(join(folder, events), '', { mode: 0o600 })
  return folder
}

function tinyLines(directory: string, line: string, size: number): string {
  const folder = writeSession(directory)
  const block = line.repeat(Math.ceil(1_000_000 / line.length))
  for (const log of [raw, meta, events]) {
    append(join(folder, log), function* () {
      for (let written = 0; written < size; written += block.length) yield Buffer.from(block)
    })
  }
  return folder
}

function spanChain(directory: string, size: number): string {
  const folder = writeSession(directory, { meta: [] })
  append(join(folder, meta), function* () {
    yield lines([startedSpan({ id: RUN_ID, name: 'session', start: 0 })])
    for (let number = 1; number <= size; number += 1) {
      const parent = number === 1 ? RUN_ID : ID(number - 1)
      const name = number === 1 ? 'invoke_agent codex' : 'execute_tool x'
      yield lines([endedSpan({ id: ID(number), parent, name, start: number, end: size + 1 })])
    }
  })
  return folder
}

function spansInOneLine(directory: string, size: number): string {
  const folder = writeSession(directory, { meta: [] })
  const spans = Array.from({ length: size }, (_, number) => ({
    spanId: ID(number),
    name: 'x',
    startTimeUnixNano: '1795414097530990000',
    endTimeUnixNano: '1795414097530990000',
  }))
  writeFileSync(join(folder, meta), lines([{ resourceSpans: [{ scopeSpans: [{ spans }] }] }]), {
    mode: 0o600,
  })
  return folder
}

function manyExchanges(directory: string, size: number): string {
  const folder = writeSession(directory, { raw: [], isOpen: true })
  append(join(folder, raw), function* () {
    for (let number = 1; number <= size; number += 1) {
      yield lines(exchangeRecords({ id: ID(number), request: '{}', chunks: ['a'] }))
    }
  })
  return folder
}

/** Two bodies of many pieces each, and exchanges that copy a byte of each in turn. */
function copiesLookedUp(directory: string, size: number): string {
  const folder = writeSession(directory, { raw: [] })
  // As many as are read, and no more.
  const pieces = 65_536
  const large = Array.from({ length: pieces }, () => 'x')
  const copied = Buffer.from('xx'.repeat(100))
  append(join(folder, raw), function* () {
    for (const id of [ID(1), ID(2)]) {
      const records = exchangeRecords({ id, request: 'x'.repeat(pieces), chunks: ['a'] })
      yield lines(
        records.map((one) => (one.kind === 'request-body' ? { ...one, content: large } : one)),
      )
    }
    for (let number = 3; number < size + 3; number += 1) {
      const request = Array.from({ length: 200 }, (_, index) => ({
        copy: ID(1 + (index % 2)),
        at: (number * 7919 + index * 104_729) % pieces,
        length: 1,
      }))
      yield lines(exchangeRecords({ id: ID(number), request, requestBytes: copied, chunks: ['a'] }))
    }
  })
  return folder
}

/** Each body copies the whole previous one and adds a byte. */
function bodyChain(directory: string, size: number): string {
  const folder = writeSession(directory, { raw: [] })
  append(join(folder, raw), function* () {
    yield lines(exchangeRecords({ id: ID(1), request: 'x' }))
    for (let number = 2; number <= size; number += 1) {
      const request = [{ copy: ID(number - 1), at: 0, length: number - 1 }, 'x']
      const requestBytes = Buffer.alloc(number, 'x')
      yield lines(exchangeRecords({ id: ID(number), request, requestBytes }))
    }
  })
  return folder
}

function manyRuns(directory: string, size: number): string {
  const folder = writeSession(directory)
  const runs = Array.from({ length: size }, () => '{}').join(',')
  const start = '{"format":1,"id":"a","traceId":"b","agent":{},"startedAt":"","runs":['
  writeFileSync(join(folder, SESSION_FILES.manifest), `${start}${runs}]}`)
  return folder
}

function manyEvents(directory: string, size: number): string {
  const folder = writeSession(directory)
  const run = { run: RUN_ID, time: '2026-11-23T10:00:00.000000Z', after: 0 }
  const message = {
    method: 'item/started',
    params: { item: { id: 'i', type: 'commandExecution' } },
  }
  append(join(folder, events), function* () {
    for (let number = 0; number < size; number += 1) {
      yield encodeLine({ kind: 'json-rpc', connection: 1, from: 'server', message, ...run }, crc32)
    }
  })
  return folder
}

function ID(number: number): string {
  return number.toString(16).padStart(16, '0')
}

function append(path: string, blocks: () => Generator<Uint8Array>): void {
  rmSync(path, { force: true })
  const descriptor = openSync(path, 'w', 0o600)
  let waiting: Uint8Array[] = []
  let bytes = 0
  const flush = (): void => {
    const block = Buffer.concat(waiting)
    for (let at = 0; at < block.length; ) at += writeSync(descriptor, block, at)
    waiting = []
    bytes = 0
  }
  try {
    for (const block of blocks()) {
      waiting.push(block)
      bytes += block.length
      if (bytes > 4_000_000) flush()
    }
    flush()
  } finally {
    closeSync(descriptor)
  }
}

import { readdirSync, readlinkSync } from 'node:fs'
import type { Content, RawRecord } from '@tacho/format'
import {
  indexRawLog,
  ReaderError,
  readSession,
  requestBody,
  requestPieces,
  responseChunks,
} from '@tacho/reader'
import { describe, expect, test } from 'vitest'
import { exchangeRecords, sessionsDirectory, writeSession } from './session-folder.js'

const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(16)) as [
  string,
  string,
  string,
]

describe('request bodies', () => {
  test('copies, copies of copies and literal pieces become the very bytes', () => {
    const [bytes] = [Buffer.concat([Buffer.from('bc-'), Buffer.from([0xff, 0]), Buffer.from('é')])]
    const read = readRequests([
      ...exchangeRecords({ id: one, request: 'abcdef' }),
      ...exchangeRecords({
        id: two,
        request: [{ copy: one, at: 1, length: 2 }, '-'],
        requestBytes: Buffer.from('bc-'),
      }),
      ...exchangeRecords({
        id: three,
        request: [{ copy: two, at: 0, length: 3 }, { base64: '/wA=' }, 'é'],
        requestBytes: bytes,
      }),
    ])
    expect(read(1)).toEqual(Buffer.from('abcdef'))
    expect(read(2)).toEqual(Buffer.from('bc-'))
    expect(read(3)).toEqual(bytes)
  })

  const damaged: [name: string, request: Content][] = [
    ['bytes that were not kept', ['a', { omitted: 10 }]],
    ['a copy of an exchange that is not there', [{ copy: '4'.repeat(16), at: 0, length: 1 }]],
    ['a copy beyond the end', [{ copy: one, at: 4, length: 3 }]],
    ['a copy of itself', [{ copy: two, at: 0, length: 1 }]],
    ['a copy of one that copies it back', [{ copy: three, at: 0, length: 1 }]],
    ['another text than its checksum says', 'changed'],
  ]
  for (const [name, request] of damaged) {
    test(`${name}: an error, and never short`, () => {
      const read = readRequests([
        ...exchangeRecords({ id: one, request: 'abcdef' }),
        ...exchangeRecords({ id: two, request, requestBytes: Buffer.from('original') }),
        ...exchangeRecords({
          id: three,
          request: [{ copy: two, at: 0, length: 1 }],
          requestBytes: Buffer.from('x'),
        }),
      ])
      expect(() => read(2)).toThrow(missingBytes('The request body of exchange 2'))
    })
  }

  test('no record of a body is an error, but none was sent where the end says so', () => {
    const sent = { id: one, requestBytes: Buffer.from('gone') }
    const read = readRequests([
      ...exchangeRecords(sent),
      ...exchangeRecords({ id: two, method: 'GET' }),
      ...exchangeRecords({ id: three, method: 'POST' }),
    ])
    expect(() => read(1)).toThrow(missingBytes('no record of it'))
    expect(read(2)).toHaveLength(0)
    expect(read(3)).toHaveLength(0)
  })
})

describe('what a record says of its body', () => {
  const faults: [name: string, says: object, words: string][] = [
    ['it was cut', { cut: true }, 'the exchange was over before all of it was seen'],
    ['its coding broke', { broken: 'gzip: incorrect data check' }, 'gzip: incorrect data check'],
    ['it goes on', { stopped: 67_108_864 }, 'decoding was stopped at 67108864 bytes'],
  ]
  test.each(faults)(
    'of a request: %s; what there is is given, and then the error',
    (_name, says, words) => {
      const records = saying(exchangeRecords({ id: one, request: 'abc' }), 'request-body', says)
      const folder = writeSession(sessionsDirectory(), { raw: records })
      const index = indexRawLog(folder, () => undefined)
      const [exchange] = index.exchanges
      if (exchange === undefined) throw new Error('no exchange')
      const pieces = requestPieces(folder, index, exchange)
      expect(Buffer.from(pieces.next().value ?? [])).toEqual(Buffer.from('abc'))
      expect(() => pieces.next()).toThrow(missingBytes(words))
      expect(() => requestBody(folder, index, exchange)).toThrow(missingBytes(words))
    },
  )

  test.each(faults.slice(1))(
    'of a response: %s; what there is is given, and then the error',
    (_name, says, words) => {
      const records = saying(exchangeRecords({ id: one, chunks: ['ab', 'cd'] }), 'end', says)
      const chunks = chunksOf(records)
      expect(chunks.next().value).toMatchObject({ bytes: new Uint8Array(Buffer.from('ab')) })
      expect(chunks.next().value).toMatchObject({ bytes: new Uint8Array(Buffer.from('cd')) })
      expect(() => chunks.next()).toThrow(missingBytes(words))
    },
  )

  test('a response of which nothing could be decoded says why', () => {
    const records = exchangeRecords({ id: one, chunks: ['cd'] })
    const says = saying(replaceChunk(records, [{ omitted: 9 }]), 'end', { broken: 'br: no' })
    expect(() => readResponse(says)).toThrow(
      missingBytes('9 bytes of this body were not kept, for'),
    )
    expect(() => readResponse(says)).toThrow(missingBytes('br: no'))
  })
})

test('a request may stand behind its answer', async () => {
  const [begin, request, ...rest] = exchangeRecords({ id: one, request: 'abc', chunks: ['ab'] })
  const raw = [
    begin,
    ...rest.slice(0, 2),
    { ...request, at: 125_000 },
    ...rest.slice(2),
  ] as object[]
  expect(readRequests(raw)(1)).toEqual(Buffer.from('abc'))
  expect(readResponse(raw).map(([, bytes]) => String(bytes))).toEqual(['ab'])
  const folder = writeSession(sessionsDirectory(), { raw })
  const { exchanges, damage } = await readSession(folder)
  expect(exchanges).toMatchObject([{ requestBytes: 3, firstChunkMs: 120, state: 'completed' }])
  expect(damage).toEqual([])
})

test('no file stays open after a body was read, or could not be', () => {
  const folder = writeSession(sessionsDirectory(), {
    raw: [
      ...exchangeRecords({ id: one, request: 'abcdef' }),
      ...exchangeRecords({
        id: two,
        request: [{ copy: one, at: 1, length: 2 }],
        requestBytes: Buffer.from('bc'),
      }),
      ...exchangeRecords({
        id: three,
        request: [{ copy: one, at: 4, length: 3 }],
        requestBytes: Buffer.from('efg'),
      }),
    ],
  })
  const index = indexRawLog(folder, () => undefined)
  const [, copies, isBeyond] = index.exchanges
  if (copies === undefined || isBeyond === undefined) throw new Error('they were not indexed')
  expect(Buffer.from(requestBody(folder, index, copies)).toString()).toBe('bc')
  expect(() => requestBody(folder, index, isBeyond)).toThrow(missingBytes(''))
  const open = readdirSync('/proc/self/fd').map(
    (descriptor) => targetOf(`/proc/self/fd/${descriptor}`) ?? '',
  )
  expect(open.filter((path) => path.startsWith(folder))).toEqual([])
})

// The listing's own descriptor is gone by then.
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

describe('response bodies', () => {
  test('chunks are those that arrived, with their times; a continued one is joined', () => {
    const records = exchangeRecords({ id: one, chunks: ['ab', 'cd', [{ base64: '/w==' }]] })
    const third = records.findIndex((record) => record.kind === 'chunk' && record.content === 'cd')
    records[third] = { ...records[third], continued: true } as RawRecord
    expect(readResponse(records)).toEqual([
      [120_000, Buffer.from('abcd')],
      [140_000, Buffer.from([0xff])],
    ])
  })

  test('the records of other exchanges between do not matter', () => {
    const mine = exchangeRecords({ id: one, chunks: ['ab', 'cd'] })
    const other = exchangeRecords({ id: two, chunks: ['XX', 'YY'] })
    const mixed = mine.flatMap((record, index) => [record, ...other.slice(index, index + 1)])
    expect(readResponse(mixed).map(([, bytes]) => String(bytes))).toEqual(['ab', 'cd'])
  })

  const whole = exchangeRecords({ id: one, request: 'r', chunks: ['ab', 'cd'] })
  const cases: [name: string, records: object[], words: string][] = [
    [
      'a chunk is lost',
      whole.filter((record) => !('content' in record && record.content === 'cd')),
      'SHA-256',
    ],
    [
      'a chunk is damaged and there is no end',
      [...whole.slice(0, 4), { kind: 'chunk', exchange: one }],
      'line 5 of the raw log is damaged',
    ],
    ['bytes were not kept', replaceChunk(whole, [{ omitted: 5 }]), '5 bytes of this body'],
    ['none had arrived', whole.slice(0, 2), 'none had arrived'],
    [
      'the API could not be reached',
      exchangeRecords({
        id: one,
        status: 0,
        state: 'failed',
        error: { side: 'upstream', code: 'ECONNREFUSED', message: 'connect' },
      }),
      'ECONNREFUSED',
    ],
  ]
  for (const [name, records, words] of cases) {
    test(`${name}: an error says so`, () => {
      expect(() => readResponse(records)).toThrow(missingBytes(words))
    })
  }

  test('an answer without a body is whole', () => {
    expect(readResponse(exchangeRecords({ id: one, status: 204 }))).toEqual([])
  })

  test('an answer in flight gives what had arrived', () => {
    const records = exchangeRecords({ id: one, chunks: ['ab'], state: 'in-flight' })
    expect(readResponse(records)).toEqual([[120_000, Buffer.from('ab')]])
  })
})

/** Records, with additions to those of one kind. */
function saying(records: readonly RawRecord[], kind: RawRecord['kind'], says: object): RawRecord[] {
  return records.map((record) => (record.kind === kind ? { ...record, ...says } : record))
}

function replaceChunk(records: readonly RawRecord[], content: Content): RawRecord[] {
  return records.map((record) =>
    record.kind === 'chunk' && record.content === 'cd' ? { ...record, content } : record,
  )
}

function readRequests(raw: object[]): (number: number) => Buffer {
  const folder = writeSession(sessionsDirectory(), { raw })
  const index = indexRawLog(folder, () => undefined)
  return (number) => {
    const exchange = index.exchanges[number - 1]
    if (exchange === undefined) throw new Error(`no exchange ${number}`)
    return Buffer.from(requestBody(folder, index, exchange))
  }
}

function readResponse(raw: object[]): [at: number, bytes: Buffer][] {
  return [...chunksOf(raw)].map(({ at, bytes }) => [at, Buffer.from(bytes)])
}

function chunksOf(raw: object[]): ReturnType<typeof responseChunks> {
  const folder = writeSession(sessionsDirectory(), { raw })
  const [exchange] = indexRawLog(folder, () => undefined).exchanges
  if (exchange === undefined) throw new Error('no exchange')
  return responseChunks(folder, exchange)
}

function missingBytes(words: string): unknown {
  return expect.objectContaining({
    name: new ReaderError('missing-bytes', '').name,
    code: 'missing-bytes',
    message: expect.stringContaining(words),
  })
}

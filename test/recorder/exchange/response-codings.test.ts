import { createHash } from 'node:crypto'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { bytesOf, type ExchangeState } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import { TEXT, zstdOf } from './decoding/lines.js'
import { begin, type Recorded, recorded, recordingOf, SECRET } from './recorded.js'

const MiB = 1024 * 1024
const recording = recordingOf()

async function answered(
  coding: string | string[],
  wire: readonly Buffer[],
  state: ExchangeState = 'completed',
): Promise<Recorded> {
  const exchange = begin(recording)
  const headers = [coding].flat().map((one): [string, string] => ['Content-Encoding', one])
  exchange.responseHead(200, 'OK', headers)
  for (const bytes of wire) exchange.responseBytes(bytes)
  return recorded(recording, exchange, { state })
}

function textOf({ chunks }: Recorded): string {
  return Buffer.concat(chunks.map(({ content }) => bytesOf(content))).toString()
}

test.each<[coding: string | string[], wire: Buffer]>([
  ['gzip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['zstd', zstdOf('lines-flushed')],
  [['gzip', 'br'], brotliCompressSync(gzipSync(TEXT))],
  ['gzip,identity , br', brotliCompressSync(gzipSync(TEXT))],
])(
  'an answer in %j is recorded as what it says, and proved as what it was',
  async (coding, wire) => {
    const answer = await answered(coding, [wire.subarray(0, 100), wire.subarray(100)])
    expect(textOf(answer)).toBe(TEXT.toString())
    expect(answer.end).toMatchObject({
      responseBytes: wire.length,
      responseSha256: sha256(TEXT),
      wireSha256: sha256(wire),
      decoded: [coding]
        .flat()
        .join(', ')
        .replace(/,identity /, ''),
    })
    expect(Object.keys(answer.end ?? {})).not.toEqual(expect.arrayContaining(['broken']))
  },
)

describe('what a body that ends too early is called depends on who ended it', () => {
  const cut = [gzipSync(TEXT).subarray(0, -9)]
  const bad = [Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.alloc(8)])]
  test.each<[name: string, wire: Buffer[], state: ExchangeState, broken: string | undefined]>([
    ['cut, and the server says that this was all', cut, 'completed', 'gzip: it ends too early'],
    ['cut by an agent that hung up', cut, 'cancelled', undefined],
    ['cut by a connection that broke', cut, 'failed', undefined],
    ['a wrong checksum', bad, 'completed', 'gzip: incorrect data check'],
    [
      'a wrong checksum, and then the agent hangs up',
      bad,
      'cancelled',
      'gzip: incorrect data check',
    ],
    ['whole', [gzipSync(TEXT)], 'completed', undefined],
    ['no byte of it', [], 'completed', undefined],
  ])('%s', async (_name, wire, state, broken) => {
    const answer = await answered('gzip', wire, state)
    expect([answer.end?.state, answer.end?.broken]).toEqual([state, broken])
    const text = textOf(answer)
    expect(TEXT.toString().startsWith(text)).toBe(true)
    if (wire.length > 0) expect(text.length).toBeGreaterThan(TEXT.length / 2)
  })
})

test('an answer that is not what it says it is is left out, with the reason', async () => {
  const wire = Buffer.from(`no gzip at all, ${SECRET}`)
  const answer = await answered('gzip', [wire])
  expect(answer.chunks.map(({ content }) => content)).toEqual([[{ omitted: wire.length }]])
  expect(answer.end).toMatchObject({
    broken: 'gzip: incorrect header check',
    responseBytes: wire.length,
    wireSha256: sha256(wire),
  })
})

test.each(['none', 'utf-8', 'constructor', 'gzip, none'])(
  'plain text in %j is kept as it came',
  async (coding) => {
    const [one, two] = ['data: fa', 'ç', 'ade\n\n'].map((text) => Buffer.from(text)) as [
      Buffer,
      Buffer,
    ]
    const pieces = [one, two.subarray(0, 1), two.subarray(1), Buffer.from('ade\n\n')]
    const answer = await answered(coding, pieces)
    expect(textOf(answer)).toBe('data: façade\n\n')
    expect(Object.keys(answer.end ?? {})).not.toEqual(expect.arrayContaining(['decoded']))
  },
)

test('of a coding that nobody knows, text is kept up to where it is none', async () => {
  const noise = Buffer.from([0, 1, 2, ...Buffer.from(SECRET)])
  const answer = await answered('compress', [Buffer.from('text\n'), noise, Buffer.from('text')])
  expect(answer.chunks.map(({ content }) => content)).toEqual([
    'text\n',
    [{ omitted: noise.length + 4 }],
  ])
})

test('an answer that goes on beyond 64 MiB is decoded up to there', async () => {
  const wire = gzipSync(Buffer.alloc(80 * MiB))
  const answer = await answered('gzip', [wire])
  expect(answer.end).toMatchObject({
    responseBytes: wire.length,
    responseSha256: sha256(Buffer.alloc(64 * MiB)),
    stopped: 64 * MiB,
  })
  expect(answer.end?.broken).toBeUndefined()
})

test('a chunk has the time at which its bytes came, not that at which they were decoded', async () => {
  let now = 1_000_000_000
  const timed = recordingOf({ microseconds: () => now })
  const exchange = begin(timed)
  exchange.responseHead(200, 'OK', [['content-encoding', 'gzip']])
  for (const text of ['one', 'two']) {
    now += 500
    exchange.responseBytes(gzipSync(text))
  }
  now += 9000
  const { chunks } = await recorded(timed, exchange)
  const textAt = (time: number) =>
    chunks.flatMap(({ at, content }) => (at === time ? content : [])).join('')
  expect([textAt(500), textAt(1000)]).toEqual(['one', 'two'])
  // What scrubbing held back is marked as such.
  expect(chunks.filter(({ continued }) => !continued)).toHaveLength(2)
})

test('at the end of a recording nobody waits for what is still to be decoded, and it is told', async () => {
  const busy = recordingOf()
  const wire = gzipSync(Buffer.alloc(60 * MiB))
  const exchanges = Array.from({ length: 40 }, () => begin(busy))
  for (const exchange of exchanges) {
    exchange.responseHead(200, 'OK', [['content-encoding', 'gzip']])
    exchange.responseBytes(wire)
    exchange.end({ state: 'completed' })
  }
  await busy.close({ exitCode: 0 })
  const ends = await Promise.all(exchanges.map((exchange) => recorded(busy, exchange)))
  expect(ends.map(({ end }) => end?.responseBytes)).toEqual(ends.map(() => wire.length))
  expect(ends.at(-1)?.end).toMatchObject({
    broken: 'not decoded in time',
    wireSha256: sha256(wire),
  })
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

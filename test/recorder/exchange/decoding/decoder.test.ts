import { randomBytes } from 'node:crypto'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Coding } from '../../../../packages/recorder/dist/exchange/decoding/codings.js'
import {
  DecodedLimit,
  DecodingFault,
  openDecoder,
} from '../../../../packages/recorder/dist/exchange/decoding/decoder.js'
import { TEXT, zstdOf } from './lines.js'
import { blockOf, frameOf, headerOf } from './zstd-by-hand.js'

const LIMIT = 64 * 1024 * 1024

const ALL: [name: string, codings: Coding[], wire: Buffer][] = [
  ['gzip', ['gzip'], gzipSync(TEXT)],
  ['gzip of two members', ['gzip'], halves(TEXT, gzipSync)],
  ['deflate', ['deflate'], deflateSync(TEXT)],
  ["deflate without zlib's wrapper", ['deflate'], deflateRawSync(TEXT)],
  ['brotli', ['br'], brotliCompressSync(TEXT)],
  ['zstd with a checksum', ['zstd'], zstdOf('lines')],
  ['zstd that was flushed', ['zstd'], zstdOf('lines-flushed')],
  ['zstd of two frames', ['zstd'], halves(TEXT, (half) => rawFrames(half))],
  ['gzip in brotli', ['gzip', 'br'], brotliCompressSync(gzipSync(TEXT))],
  ['zstd in gzip in deflate', ['zstd', 'gzip', 'deflate'], deflateSync(gzipSync(zstdOf('lines')))],
]

describe.each(ALL)('%s', (_name, codings, wire) => {
  test.each([wire.length, 1000, 13])('is decoded, %d bytes at a time', async (step) => {
    const { bytes, outcome } = await decode(codings, wire, { step })
    expect([outcome, bytes.equals(TEXT)]).toEqual(['whole', true])
  })

  test('that ends too early gives what came, and is short', async () => {
    const { bytes, outcome } = await decode(codings, wire.subarray(0, 0.4 * wire.length))
    expect(outcome).toMatchObject({ isShort: true })
    expect(outcome).toHaveProperty('message', expect.stringContaining('it ends too early'))
    expect(TEXT.subarray(0, bytes.length).equals(bytes)).toBe(true)
  })

  test('is cut off at the limit, and not one byte before it', async () => {
    const limit = TEXT.length
    expect(await decode(codings, wire, { limit: wire.length + limit })).toMatchObject({
      outcome: 'whole',
    })
    if (codings.length > 1) return
    expect(await decode(codings, wire, { limit })).toMatchObject({ outcome: 'whole' })
    const { bytes, outcome } = await decode(codings, wire, { limit: limit - 1 })
    expect(outcome).toBeInstanceOf(DecodedLimit)
    expect(bytes.equals(TEXT.subarray(0, -1))).toBe(true)
  })
})

describe('a checksum that is wrong is told, behind all that it is about', () => {
  test.each<[name: string, coding: Coding, wire: Buffer, words: string]>([
    ['gzip', 'gzip', flipped(gzipSync(TEXT), -8), 'gzip: incorrect data check'],
    ['the length in gzip', 'gzip', flipped(gzipSync(TEXT), -1), 'gzip: incorrect length check'],
    ['deflate', 'deflate', flipped(deflateSync(TEXT), -1), 'deflate: incorrect data check'],
    ['zstd', 'zstd', flipped(zstdOf('lines'), -1), 'zstd: '],
  ])('%s', async (_name, coding, wire, words) => {
    const { bytes, outcome } = await decode([coding], wire)
    expect(outcome).toMatchObject({ isShort: false, message: expect.stringContaining(words) })
    expect([bytes.length, bytes.equals(TEXT)]).toEqual([TEXT.length, true])
  })
})

test.each<[coding: Coding, wire: Buffer]>([
  ['gzip', gzipSync(TEXT)],
  ['deflate', deflateSync(TEXT)],
  // One frame with two blocks before the broken one, without a checksum.
  ['zstd', Buffer.concat([zstdOf('lines-flushed'), zstdOf('lines')])],
])('a flipped byte in %s is a fault, and what came before it is kept', async (coding, wire) => {
  const { bytes, outcome } = await decode([coding], flipped(wire, 0.9 * wire.length))
  expect(outcome).toMatchObject({ name: 'DecodingFault', isShort: false })
  const kept = TEXT.length / 3
  expect(bytes.subarray(0, kept).equals(TEXT.subarray(0, kept))).toBe(true)
})

test.each<[coding: Coding]>([['gzip'], ['deflate'], ['br'], ['zstd']])(
  'a body of no bytes is whole in %s, and noise is not',
  async (coding) => {
    expect(await decode([coding], Buffer.alloc(0))).toMatchObject({ outcome: 'whole' })
    const noise = Buffer.concat([Buffer.from([0xff, 0xff, 0xff]), randomBytes(300)])
    expect(await decode([coding], noise)).toMatchObject({ outcome: { isShort: false } })
  },
)

describe('zstd that claims more than it may is refused before it is decoded', () => {
  const byte = Buffer.from('x')
  test.each<[name: string, wire: Buffer]>([
    ['a window of 16 MiB', frameOf(headerOf({ windowLog: 24 }), blockOf('raw', byte, true))],
    ['a window of 2 TiB', frameOf(headerOf({ windowLog: 41 }), blockOf('raw', byte, true))],
    ['a dictionary', frameOf(headerOf({ dictionary: 7 }), blockOf('raw', byte, true))],
    ['another length than it has', frameOf(headerOf({ size: 5 }), blockOf('raw', byte, true))],
    ['a shorter one', frameOf(headerOf({ size: 0 }), blockOf('raw', byte, true))],
    ['a block of no kind', frameOf(headerOf({}), blockOf('reserved', byte, true))],
    ['a block of 1 MiB', frameOf(headerOf({}), blockOf('repeated', byte, true, 1 << 20))],
  ])('%s', async (_name, wire) => {
    const { outcome } = await decode(['zstd'], wire)
    expect(outcome).toMatchObject({ name: 'DecodingFault', isShort: false })
  })

  test('a window of 8 MiB may be', async () => {
    const wire = frameOf(headerOf({ windowLog: 23 }), blockOf('raw', byte, true))
    expect(await decode(['zstd'], wire)).toEqual({ bytes: byte, outcome: 'whole' })
  })
})

test.each<[coding: Coding, wire: () => Buffer]>([
  ['gzip', () => gzipSync(Buffer.alloc(LIMIT + 1))],
  ['br', () => brotliCompressSync(Buffer.alloc(LIMIT + 1))],
  ['zstd', () => frameOf(headerOf({}), ...manyBlocks(513))],
])('a few KB of %s that stand for more than 64 MiB give 64 MiB', async (coding, wire) => {
  const { bytes, outcome } = await decode([coding], wire())
  expect([bytes.length, outcome]).toEqual([LIMIT, expect.any(DecodedLimit)])
})

type Decoded = { bytes: Buffer; outcome: 'whole' | Error }

async function decode(
  codings: Coding[],
  wire: Buffer,
  { step = 4096, limit = LIMIT } = {},
): Promise<Decoded> {
  const decoder = openDecoder(codings, limit)
  const pieces: Uint8Array[] = []
  const take = async (from: AsyncIterable<Uint8Array>) => {
    for await (const piece of from) pieces.push(piece)
  }
  let outcome: Decoded['outcome'] = 'whole'
  try {
    for (let at = 0; at < wire.length; at += step) {
      await take(decoder.push(wire.subarray(at, at + step)))
    }
    await take(decoder.end())
  } catch (error) {
    if (!(error instanceof DecodingFault) && !(error instanceof DecodedLimit)) throw error
    outcome = error
  } finally {
    decoder.close()
  }
  return { bytes: Buffer.concat(pieces), outcome }
}

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  const index = at < 0 ? bytes.length + at : Math.floor(at)
  changed[index] = (changed[index] ?? 0) ^ 0x55
  return changed
}

function halves(text: Buffer, compress: (half: Buffer) => Buffer): Buffer {
  const middle = text.length >> 1
  return Buffer.concat([compress(text.subarray(0, middle)), compress(text.subarray(middle))])
}

function rawFrames(text: Buffer): Buffer {
  const middle = text.length >> 1
  const blocks = [
    blockOf('raw', text.subarray(0, middle), false),
    blockOf('raw', text.subarray(middle), true),
  ]
  return frameOf(headerOf({ size: text.length }), ...blocks)
}

function manyBlocks(count: number): Buffer[] {
  const a = Buffer.from('a')
  return Array.from({ length: count }, (_, i) => blockOf('repeated', a, i === count - 1, 1 << 17))
}

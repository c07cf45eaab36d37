import { createHash, randomBytes } from 'node:crypto'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { TEXT, zstdOf } from './decoding/lines.js'
import { blockOf, endlessBlock, frameOf, headerOf } from './decoding/zstd-by-hand.js'
import { begin, recorded, recordingOf, recordsOf, SECRET } from './recorded.js'

const JSON_BODY = `{"model":"gpt-5.5","input":"façade ${'x'.repeat(500)}"}`
const MiB = 1024 * 1024

/** The record as soon as the request has arrived, or once everything is written. */
async function requestOf(coding: string, wire: Uint8Array, when: 'at once' | 'in the end') {
  // A session of its own, so that nothing is a copy of another body.
  const recording = recordingOf()
  const exchange = begin(recording, [['content-encoding', coding]])
  exchange.requestBytes(wire)
  exchange.requestEnd()
  const atOnce = recordsOf(recording, exchange).request
  const { request } = await recorded(recording, exchange)
  const found = when === 'at once' ? atOnce : request
  if (found === undefined) throw new Error(`no body was recorded ${when}`)
  return found
}

test.each<[coding: string, wire: Buffer]>([
  ['gzip', gzipSync(JSON_BODY)],
  ['GZIP', gzipSync(JSON_BODY)],
  ['deflate', deflateSync(JSON_BODY)],
  ['deflate', deflateRawSync(JSON_BODY)],
  ['br', brotliCompressSync(JSON_BODY)],
  ['gzip, br', brotliCompressSync(gzipSync(JSON_BODY))],
])('a request in %s is on the disk at once, as what it says', async (coding, wire) => {
  expect(await requestOf(coding, wire, 'at once')).toMatchObject({
    content: JSON_BODY,
    bytes: Buffer.byteLength(JSON_BODY),
    decoded: coding.toLowerCase(),
    wire: { bytes: wire.length, sha256: sha256(wire) },
  })
})

test.each(['lines', 'lines-flushed'] as const)(
  'so is one in zstd (%s), which Codex sends with a ChatGPT login',
  async (name) => {
    const found = await requestOf('zstd', zstdOf(name), 'at once')
    expect(found).toMatchObject({ content: TEXT.toString(), decoded: 'zstd' })
  },
)

test.each<[coding: string, wire: Buffer]>([
  ['identity', Buffer.from('plain')],
  ['', Buffer.from('plain')],
  [' , identity', Buffer.from('plain')],
  ['none', Buffer.from('plain')],
  ['utf-8', Buffer.from('plain')],
  ['gzip, none', Buffer.from('plain')],
])('plain text in %j is recorded as it is', async (coding, wire) => {
  const found = await requestOf(coding, wire, 'at once')
  expect(found).toMatchObject({ content: 'plain', bytes: 5 })
  expect(Object.keys(found)).not.toEqual(expect.arrayContaining(['decoded']))
})

test('a secret in plain text of a coding that nobody knows is replaced', async () => {
  const found = await requestOf('compress', Buffer.from(SECRET), 'at once')
  expect(found.content).toContain('[secret:environment')
})

describe('what cannot be read is left out, for it could hide a secret', () => {
  test.each<[coding: string, wire: Buffer, broken: string | undefined]>([
    ['gzip', Buffer.from(`no gzip at all, ${SECRET}`), 'gzip: incorrect header check'],
    ['zstd', Buffer.concat([Buffer.from([1, 2, 3]), randomBytes(300)]), 'zstd: it is not zstd'],
    ['br', Buffer.from([0xff, 0xff, 0xff, ...Buffer.from(SECRET)]), 'br: Decompression failed'],
    ['gzip, br', brotliCompressSync(SECRET), 'gzip: incorrect header check'],
    ['compress', gzipSync(SECRET), undefined],
    ['constructor', gzipSync(SECRET), undefined],
    ['gzip, compress', gzipSync(SECRET), undefined],
  ])('in %j', async (coding, wire, broken) => {
    const found = await requestOf(coding, wire, 'in the end')
    expect(found).toMatchObject({
      content: [{ omitted: wire.length }],
      bytes: wire.length,
      sha256: sha256(wire),
    })
    expect(found.broken).toBe(broken)
    expect(JSON.stringify(found)).not.toContain(SECRET)
  })
})

test.each<[fault: string, wire: Buffer, broken: string]>([
  ['ends too early', gzipSync(TEXT).subarray(0, -9), 'gzip: it ends too early'],
  [
    'has a wrong checksum',
    Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.alloc(8)]),
    'gzip: incorrect data check',
  ],
])('of a request that %s, what came before is kept', async (_fault, wire, broken) => {
  const found = await requestOf('gzip', wire, 'in the end')
  expect(found).toMatchObject({ decoded: 'gzip', broken, wire: { bytes: wire.length } })
  expect(TEXT.toString().startsWith(String(found.content))).toBe(true)
  expect(found.bytes).toBeGreaterThan(TEXT.length / 2)
})

test('a secret inside a compressed body is replaced', async () => {
  const found = await requestOf('gzip', gzipSync(`{"key":"${SECRET}"}`), 'at once')
  expect(JSON.stringify(found)).not.toContain(SECRET)
  expect(JSON.stringify(found)).toContain('[secret:environment')
})

test('a body that is no small one is decoded beside the host, and written whole', async () => {
  const text = 'façade '.repeat(MiB)
  const wire = gzipSync(text)
  await expect(requestOf('gzip', wire, 'at once')).rejects.toThrow('no body was recorded')
  const found = await requestOf('gzip', wire, 'in the end')
  expect(found).toMatchObject({ bytes: Buffer.byteLength(text), sha256: sha256(text) })
})

test('one made to keep a decoder busy for hours is not decoded in the host’s time', async () => {
  const blocks = Array.from({ length: 1000 }, endlessBlock)
  const last = blockOf('raw', Buffer.from('x'), true)
  const wire = frameOf(headerOf({}), ...blocks, last)
  const recording = recordingOf()
  const exchange = begin(recording, [['content-encoding', 'zstd']])
  exchange.requestBytes(wire)
  exchange.requestEnd()
  exchange.end({ state: 'completed' })
  await recording.close({ exitCode: 0 })
  const { request, end } = recordsOf(recording, exchange)
  expect(request).toMatchObject({ content: [{ omitted: wire.length }], bytes: wire.length })
  expect(request?.broken).toEqual(expect.any(String))
  expect(end).toMatchObject({ requestBytes: wire.length })
})

test('one that goes on beyond 64 MiB is decoded up to there, and its beginning kept', async () => {
  const bomb = gzipSync(Buffer.alloc(80 * MiB, 'ab'))
  const found = await requestOf('gzip', bomb, 'in the end')
  // The scrubber holds its last letters back, because they could be the start of a secret.
  const kept = (found.content as [string])[0].length
  expect(kept).toBeGreaterThanOrEqual(64 * 1024 - 24)
  expect(found).toEqual({
    kind: 'request-body',
    exchange: found.exchange,
    at: found.at,
    content: ['ab'.repeat(kept / 2), { omitted: 64 * MiB - kept }],
    bytes: 64 * MiB,
    sha256: sha256(Buffer.alloc(64 * MiB, 'ab')),
    decoded: 'gzip',
    wire: { bytes: bomb.length, sha256: sha256(bomb) },
    stopped: 64 * MiB,
    crc: expect.anything(),
  })
})

test('one of 64 MiB to the byte is whole', async () => {
  const found = await requestOf('gzip', gzipSync(Buffer.alloc(64 * MiB, 'ab')), 'in the end')
  expect([found.bytes, found.stopped]).toEqual([64 * MiB, undefined])
})

test('a large body of control characters is no line that is larger by far', async () => {
  const recording = recordingOf()
  const exchange = begin(recording)
  exchange.requestBytes(Buffer.alloc(8 * MiB))
  exchange.requestEnd()
  const { request } = await recorded(recording, exchange)
  expect(JSON.stringify(request).length).toBeLessThan(1.4 * 8 * MiB)
  expect(request).toMatchObject({ bytes: 8 * MiB, sha256: sha256(Buffer.alloc(8 * MiB)) })
})

test('of a plain body that is too large, no secret is cut in two', async () => {
  const recording = recordingOf()
  const exchange = begin(recording)
  const body = Buffer.alloc(65 * MiB, 'x')
  body.write(SECRET, 64 * 1024 - 10)
  body.write(SECRET, body.length - 64 * 1024 - 10)
  for (let at = 0; at < body.length; at += MiB) exchange.requestBytes(body.subarray(at, at + MiB))
  exchange.requestEnd()
  const { request } = await recorded(recording, exchange)
  const text = JSON.stringify(request)
  for (let at = 0; at + 8 <= SECRET.length; at += 1) {
    expect(text).not.toContain(SECRET.slice(at, at + 8))
  }
  expect(request).toMatchObject({ bytes: body.length, sha256: sha256(body) })
})

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { Recording } from '@tacho/recorder'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SessionOnDisk } from '../../agents/session-on-disk.js'

const JSON_BODY = `{"model":"gpt-5.5","input":"façade ${'x'.repeat(500)}"}`
const SECRET = 'zstd-and-friends-0123456789'

let root: string
let recording: Recording

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tacho-codings-'))
  recording = new Recording({
    root,
    agent: { name: 'codex' },
    command: 'exec',
    argv: [],
    cwd: root,
    environment: { SOME_TOKEN: SECRET },
    logLevel: 'info',
    onTrouble: () => {},
  })
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

function record(coding: string, body: Uint8Array) {
  const exchange = recording.exchange({
    method: 'POST',
    url: 'https://api.example/v1/responses',
    headers: [['content-encoding', coding]],
    provider: 'example',
    conversation: { sessionId: 'codings' },
  })
  exchange.requestBytes(body)
  exchange.requestEnd()
  exchange.end({ state: 'completed' })
  const session = new SessionOnDisk(recording.latest.folder)
  const found = session.raw.findLast(
    (one) => one.kind === 'request-body' && one.exchange === exchange.id,
  )
  if (found?.kind !== 'request-body') throw new Error('no body was recorded')
  return found
}

// A frame of one raw block (RFC 8878): Node has zstd from 22.15 on only.
function zstdFrame(text: string): Buffer {
  const content = Buffer.from(text)
  const size = Buffer.alloc(4)
  size.writeUInt32LE(content.length)
  const block = Buffer.alloc(3)
  block.writeUIntLE((content.length << 3) | 1, 0, 3)
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), size, block, content])
}

test.each([
  ['gzip', gzipSync(JSON_BODY)],
  ['GZIP', gzipSync(JSON_BODY)],
  ['deflate', deflateSync(JSON_BODY)],
  ['br', brotliCompressSync(JSON_BODY)],
  ['zstd', zstdFrame(JSON_BODY)],
])(
  'a request body in %s is recorded as what it says, with its length on the wire',
  (coding, wire) => {
    expect(record(coding, wire)).toMatchObject({
      bytes: Buffer.byteLength(JSON_BODY),
      decoded: coding.toLowerCase(),
      wire: { bytes: wire.length },
    })
  },
)

test.each([
  ['identity', Buffer.from('plain')],
  ['', Buffer.from('plain')],
])('a body in %j is recorded as it is', (coding, wire) => {
  const record1 = record(coding, wire)
  expect(record1).toMatchObject({ content: 'plain', bytes: 5 })
  expect(record1).not.toHaveProperty('decoded')
})

test.each([
  ['gzip', Buffer.from(`no gzip at all, ${SECRET}`)],
  ['zstd', randomBytes(300)],
  ['br', Buffer.from(SECRET)],
  ['compress', Buffer.from(SECRET)],
  ['gzip, br', brotliCompressSync(gzipSync(SECRET))],
  ['constructor', Buffer.from(SECRET)],
])('a body in %j that cannot be read is left out, for it could hide a secret', (coding, wire) => {
  const found = record(coding, wire)
  expect(found.content).toEqual([{ omitted: wire.length }])
  expect(JSON.stringify(found)).not.toContain(SECRET)
})

test('a secret inside a compressed body is replaced', () => {
  const found = record('gzip', gzipSync(`{"key":"${SECRET}"}`))
  expect(JSON.stringify(found)).not.toContain(SECRET)
  expect(JSON.stringify(found)).toContain('[secret:environment')
})

test('a small body that would become a very large one does not', () => {
  const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024))
  expect(record('gzip', bomb).content).toEqual([{ omitted: bomb.length }])
})

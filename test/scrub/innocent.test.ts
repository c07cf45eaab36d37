import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'
import { scrubChunks } from './joined.js'

const scrubber = createScrubber({ fingerprint })
for (let number = 0; number < 40; number += 1) {
  const beginning = ['sk-ant-api03-', 'sk-proj-', 'ghp_', ''][number % 4]
  scrubber.learn(beginning + randomBytes(24).toString('base64url'), 'key')
}

const lines = (make: () => string) => Array.from({ length: 20_000 }, make).join('\n')

test.each([
  ['a lock file', readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')],
  ['UUIDs', lines(randomUUID)],
  ['hashes', lines(() => createHash('sha256').update(randomBytes(8)).digest('hex'))],
  ['integrity hashes', lines(() => `sha512-${randomBytes(64).toString('base64')}`)],
  ['base64', randomBytes(2_000_000).toString('base64')],
  ['beginnings of keys', lines(() => `sk-ant-api03-${randomBytes(8).toString('base64url')}`)],
  [
    'what a token begins with, within base64 for URLs',
    'a=5XQPesQ0-zGSojyUldAWgho_IsExDQR2aIR6J75oFRWA0OMcAInNQGpAQv0eZb36zxo87yyyDusdPUNfLhWD l9qKhdYVWlJFyyR7lGs_hf_x4MMHCcnvQQF7rsSMs5IiIe7BgPb1ZbytBhU',
  ],
  ['examples of documentation', 'AKIAIOSFODNN7EXAMPLE cvs://:pserver:anoncvs@sourceware.org'],
  ['nonsense', randomBytes(2_000_000)],
])('nothing changes in %s', (_what, innocent) => {
  const body = Buffer.from(innocent)
  const swept = scrubber.bytes(body)
  expect(swept.found).toEqual([])
  expect(swept.bytes).toBe(body)
  const chunks = Array.from({ length: Math.ceil(body.length / 1000) }, (_, number) =>
    body.subarray(number * 1000, number * 1000 + 1000),
  )
  const streamed = scrubChunks(scrubber, chunks)
  expect(streamed.found).toEqual([])
  expect(Buffer.compare(streamed.bytes, body)).toBe(0)
})

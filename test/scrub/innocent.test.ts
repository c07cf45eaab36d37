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
  ['a sentence', 'It takes a bearer token.\n      SERVICE_ACCOUNT: a service account'],
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

/** In two parts, so that nobody takes this file for a leak. */
const published = [
  ['aws_secret_access_key=', 'wJalrXUtnFEMI/K7MDE', 'NG/bPxRfiCYEXAMPLEKEY'],
  [
    'AccountKey=',
    'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq',
    '/K1SZFPTOtr/KBHBeksoGMGw==',
  ],
  ['', 'MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2F', 'MQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs'],
  ['', 'gho_16C7e42F292c69', '12E7710c838347Ae178B4a'],
  [
    '',
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2',
    'MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
  ],
  ['Authorization: Basic ', 'QWxhZGRpbjpv', 'cGVuIHNlc2FtZQ=='],
  ['', 'SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf', '-09kqeF8tAmbihYzrnopKc-1s5cr'],
  ['', 'sk_test_4eC39HqLy', 'jWDarjtT1zdp7dc'],
] as const

test.each(published)(
  'an example that its maker published is not a secret: %s%s…',
  (before, one, other) => {
    const text = `${before}${one}${other} `
    expect(scrubber.text(text)).toBe(text)
    expect(scrubber.text(JSON.stringify({ text }))).toBe(JSON.stringify({ text }))
    // With one more character it is one.
    const own = text.replace(one, `${one.slice(0, -1)}${one.endsWith('b') ? 'c' : 'b'}`)
    expect(scrubber.text(own)).toMatch(/secret:/)
  },
)

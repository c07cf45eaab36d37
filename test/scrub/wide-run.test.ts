import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { extent } from '../faults/extent.js'
import { fingerprint } from './fingerprint.js'

// A SIMD program reads long text sixteen bytes at a time; without WebAssembly, and in short text,
// it is read byte by byte.

const KNOWN = 'Zk3vQ9rT2mXw7LbN4sHc'

/** Scrubs random text made from a seed, and prints what was found and a hash of the result. */
const PROGRAM = `
  const [url, seed, rounds, known, kindOfText, isWithout] = process.argv.slice(1)
  if (isWithout === 'without') delete globalThis.WebAssembly
  const { createHash } = await import('node:crypto')
  const { createScrubber } = await import(url)
  const scrubber = createScrubber({ fingerprint: (s) => createHash('sha256').update(s).digest('hex').slice(0, 4) })
  scrubber.learn(known, 'key')
  const ends = ['aB3dE5fG7h', 'zY9xW8vU7t', 'aB3dZ1yX2w']
  if (kindOfText === 'dense') for (const end of ends) scrubber.learn(known.slice(0, 12) + end, 'key')
  let number = 0
  let pool = Buffer.alloc(0)
  const chance = (length) => {
    while (pool.length < length) pool = Buffer.concat([pool, createHash('sha512').update(seed + number++).digest()])
    const bytes = pool.subarray(0, length)
    pool = pool.subarray(length)
    return bytes
  }
  const pieces = [
    'sk-ant-api03-', 'ghp_', 'eyJ', 'é', ' ' + known + ' ', known.slice(0, 9), known.slice(9),
    ...['base64', 'hex'].map((how) => Buffer.from('the key is ' + known + ', and that is all').toString(how)),
    Buffer.from('the key is ' + known + ', and that is all').toString('hex').replace(/../g, ' $&'),
    Buffer.from('the key is ' + known + ', and that is all').toString('hex').replace(/..../g, '$&:'), ' 12 ', ':', ' 41 42 ',
    '\\n', '\\r\\n', '\\\\n', '\\\\\\\\n', '\\\\r\\\\n', '\\\\\\n', '\\n  ', '\\\\n\\\\t ', '\\n\\t\\n', '\\n' + ' '.repeat(70),
    '\\\\"', '\\\\\\\\\\\\"', '\\\\/', '\\\\t', '\\\\b', '\\\\x41', '\\\\'.repeat(40), '%41', '%2541', '%25', '%', '%0A', '%5Cn', '%e9',
    '\\\\u0041', '\\\\u00e9', '\\\\u000a', '\\\\u005cn', '\\\\u12', '\\\\uD83D\\\\uDE00', '\\x1b[31m', '\\0', 'a\\0b\\0c\\0',
    '\\n   12\\t', '\\n12| ', '\\nL7:', '\\n 3\\u2192', '\\\\n   1\\\\t', '\\n12345678\\t', '\\n1 ', '\\n+', '\\n-', '\\n+ ', '\\n> ', '\\n>> >', '\\n// ', '\\n/ ', '\\n# ', '\\n* ', '\\n|', '\\nL',
  ]
  const anchors = [
    'AKIA', 'ASIA', 'AIza', 'hf_', '0Q~', 'abc7Q~', 'tvly-', 'Bearer ', 'Basic ', 'x-api-key: ', 'xoxb-', '12345678:AA',
    'sk-ant-api03-', 'sk-', 'sk-proj-', 'sk-or-v1-', 'github_pat_', 'ghp_', 'glpat-', 'npm_', 'eyJ', '.eyJ', '.', '-', '@', 'x://', 'a:',
    'hooks.slack.com/services/', 'T012345/', 'B012345/', 'aws_secret_access_key', ' = ', 'AccountKey=', 'SK0', 'ATATT3', 'ya29.',
    '-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', 'pypi-AgE', 'key-', 'shpat_', 'SG.', 'MTA', 'known-', known.slice(0, 8),
    known.slice(0, 12), known.slice(0, 12), ...ends,
  ]
  const between = [
    ' ', '  ', '\\n', '\\n\\n', '\\n  ', '" + "', "' .\\n  '", '"', '\\x60\\n', '<b>', '</b>', '<wbr>', '<', '&amp;', '&#43;', '^[[31m',
    '=\\n', '+\\n', ' \\u2502\\n\\u2502 ', '\\u200b', '\\xad', '\\x1b[0m', '=41', '[31m', '_', 'x', '.',
  ]
  const words = ['0123456789', 'abcdef', 'ABCDEFGH', 'aaaaaaaaaaaa', 'A7', 'q', 'Zk3vQ9rT2mXw7LbN', '0a1b2c3d4e5f60718293a4b5c6d7e8f9']
  const one = (list, which) => list[which % list.length]
  const dense = () => {
    const [kind, which, length] = chance(3)
    if (kind < 110) return Buffer.from(one(anchors, which))
    if (kind < 150) return Buffer.from(one(between, which))
    if (kind < 210) return Buffer.from(one(words, which))
    if (kind < 235) return Buffer.from(one(anchors, which).repeat(length / 16))
    const text = Buffer.concat(Array.from({ length: length % 12 }, dense))
    return kind < 240 ? text : Buffer.from(text.toString(kind < 252 ? 'base64' : 'hex'))
  }
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const base32 = (text) => {
    const bits = [...text].map((byte) => byte.toString(2).padStart(8, '0')).join('')
    return bits.replace(/.{1,5}/g, (five) => letters[Number.parseInt(five.padEnd(5, '0'), 2)])
  }
  const dump = (text, [style, wide, end, first]) => {
    const eol = one(['\\n', '\\r\\n', '\\\\n', '\\n\\n', '\\n  '], end < 200 ? 0 : end)
    const size = wide < 200 ? 16 : 1 + wide % 20
    const lines = Array.from({ length: Math.ceil(text.length / size) }, (_, line) => {
      const part = text.subarray(size * line, size * line + size)
      const offset = ((first < 200 ? 0 : 2 ** (first % 32)) + size * line).toString(16)
      const shown = part.toString('latin1').replace(/[^ -~]/g, '.')
      const pairs = part.toString('hex').replace(/../g, '$& ')
      const fours = part.toString('hex').replace(/.{1,4}/g, '$& ')
      return one([
        offset.padStart(8, '0') + ': ' + fours.padEnd(40) + ' ' + shown,
        offset.padStart(8, '0') + '  ' + pairs.slice(0, 24) + ' ' + pairs.slice(24).padEnd(25) + '|' + shown + '|',
        '0x' + offset.padStart(4, '0') + ':  ' + fours.padEnd(40) + ' ' + shown,
        offset.padStart(7, '0') + ' ' + fours, offset.padStart(6, '0') + ' ' + pairs,
        pairs, fours, pairs.replaceAll(' ', ':'), offset + ': ' + pairs,
      ], style)
    })
    return lines.join(eol)
  }
  const encoded = (depth) => {
    const [kind, count, damage, which, ...rest] = chance(10)
    if (kind < 60) return count < 200 ? mixed() : dense()
    const text = Buffer.concat(Array.from({ length: 1 + count % 24 }, () => kind < 80 && depth < 2 ? encoded(depth + 1) : damage < 128 ? mixed() : dense()))
    const whole = kind < 110 ? text.toString(one(['base64', 'base64url', 'hex'], which)) : kind < 150 ? base32(text) : dump(text, rest)
    if (damage % 4 > 0) return Buffer.from(whole)
    const at = (rest[4] * 256 + rest[5]) % (whole.length + 1)
    return Buffer.from(whole.slice(0, at) + one([' ', ':', 'Q', '0', '\\n', '  ', '%', '-', ''], which) + whole.slice(at + damage % 3))
  }
  const mixed = () => {
    const [kind, length, which] = chance(3)
    if (kind < 200) return Buffer.from(pieces[which % pieces.length])
    const bytes = chance(length)
    return kind < 210 ? bytes : Buffer.from(bytes.toString(kind < 220 ? 'hex' : 'base64'))
  }
  const anything = { dense, mixed, encoded: () => encoded(0) }[kindOfText]
  const hash = createHash('sha256')
  let count = 0
  for (let round = 0; round < Number(rounds); round += 1) {
    if (round % 7 === 3) scrubber.learn('learnt-later-' + round + '-Qw7Er8Ty9', 'key')
    const body = Buffer.concat(Array.from({ length: kindOfText === 'encoded' ? 60 : 1000 }, anything))
    // Where a block ends depends on what is looked at more closely, and encodings in encodings on that.
    const size = kindOfText === 'encoded' ? 30_000 : body.length
    for (let at = 0; at < body.length; at += size) {
      const { bytes, found } = scrubber.bytes(body.subarray(at, at + size))
      hash.update(bytes).update(JSON.stringify(found))
      count += found.length
    }
  }
  console.log(count, hash.digest('hex'))
`

test.each([
  ['of all kinds of characters', 'mixed'],
  ['full of what keys begin with', 'dense'],
  ['in base64, base32 and hex, and in dumps,', 'encoded'],
])(
  'a text %s that is read sixteen bytes at a time is scrubbed as one that is read byte by byte',
  (_, kind) => {
    const seed = randomBytes(8).toString('hex')
    const [wide, narrow] = ['with', 'without'].map((how) => {
      const argv = [
        import.meta.resolve('@tacho/scrub'),
        seed,
        String(extent(20, 2000)),
        KNOWN,
        kind,
        how,
      ]
      return spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM, ...argv], {
        encoding: 'utf8',
      })
    })
    expect(wide?.stdout, `${seed}: ${wide?.stderr}`).toMatch(/^[1-9]\d* [0-9a-f]{64}\n$/)
    expect(narrow?.stdout, `${seed}: ${narrow?.stderr}`).toBe(wide?.stdout)
  },
)

test('a secret is found wherever it stands in sixteen bytes', () => {
  const scrubber = createScrubber({ fingerprint })
  scrubber.learn(KNOWN, 'key')
  for (let before = 0; before < 64; before += 1) {
    const text = Buffer.from(`${' '.repeat(before)}${KNOWN}${' '.repeat(1000)}`)
    const places = [[before, KNOWN.length, 'key']]
    expect(scrubber.bytes(text).found, `${before} bytes before it`).toEqual(places)
  }
})

import { createScrubber } from '@tacho/scrub'
import { describe, expect, test } from 'vitest'
import { fingerprint } from './fingerprint.js'
import { scrubChunks } from './joined.js'
import { EXAMPLES } from './shape-examples.js'

const scrubber = createScrubber({ fingerprint })

const digits = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
const asText = (bytes: Uint8Array) =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/[^ -~]/g, '.')

/** Sixteen bytes in a line. */
function dumped(text: string, line: (bytes: Uint8Array, at: number) => string): string {
  const bytes = Buffer.from(text)
  const starts = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, number) => number * 16)
  return `${starts.map((at) => line(bytes.subarray(at, at + 16), at)).join('\n')}\n`
}

const words = (bytes: Uint8Array, isSwapped = false) =>
  (
    digits(bytes)
      .join('')
      .match(/.{1,4}/g) ?? []
  )
    .map((word) => (isSwapped ? word.replace(/(..)(..)/, '$2$1') : word))
    .join(' ')

// As the programs print them.
const dumps: Record<string, (text: string) => string> = {
  xxd: (text) =>
    dumped(text, (bytes, at) => {
      return `${at.toString(16).padStart(8, '0')}: ${words(bytes).padEnd(40)} ${asText(bytes)}`
    }),
  'hexdump -C': (text) =>
    dumped(text, (bytes, at) => {
      const [one, two] = [bytes.subarray(0, 8), bytes.subarray(8)]
      const hex = `${digits(one).join(' ').padEnd(23)}  ${digits(two).join(' ').padEnd(23)}`
      return `${at.toString(16).padStart(8, '0')}  ${hex}  |${asText(bytes)}|`
    }),
  hexdump: (text) =>
    dumped(text, (bytes, at) => `${at.toString(16).padStart(7, '0')} ${words(bytes, true)}`),
  'od -t x1': (text) =>
    dumped(text, (bytes, at) => `${at.toString(8).padStart(7, '0')} ${digits(bytes).join(' ')}`),
  'tcpdump -X': (text) =>
    dumped(text, (bytes, at) => {
      const offset = at.toString(16).padStart(4, '0')
      return `\t0x${offset}:  ${words(bytes).padEnd(40)} ${asText(bytes)}`
    }),
  'xxd in JSON': (text) => JSON.stringify({ output: dumps.xxd?.(text) }),
  'bytes with a space between them': (text) => `<Buffer ${digits(Buffer.from(text)).join(' ')}>`,
  'bytes with a colon between them': (text) => digits(Buffer.from(text)).join(':'),
}

const KEYS = EXAMPLES.flatMap(({ rule, are: [key = ''] }) =>
  /^[\w.-]{30,}$/.test(key) ? [[rule, key] as const] : [],
)

describe.each(Object.entries(dumps))('%s', (what, dump) => {
  test.each(KEYS)('a secret is found in it: %s', (rule, key) => {
    // An even number of characters, for numbers of two bytes.
    const text = Buffer.from(
      dump(`HOME=/root\nAPI_KEY=${key}${key.length % 2 === 0 ? '' : '\n'}\n`),
    )
    const whole = scrubber.bytes(text)
    expect(whole.found.map(([, , name]) => name)).toEqual([rule])
    const marker = /\[secret:[\w-]+:[0-9a-f]{4}/
    const left = Buffer.from(whole.bytes).toString()
    expect(marker.exec(left)?.[0]).toBe(marker.exec(scrubber.text(key))?.[0])
    expect(whole.bytes).toHaveLength(text.length)
    expect(readable(left)).not.toContain(key.slice(-4))
    const shown = hexOf(what, key.slice(-8))
    const missed: number[] = []
    for (let at = 1; at < text.length; at += 5) {
      const parts = [text.subarray(0, at), text.subarray(at)]
      const joined = Buffer.from(scrubChunks(scrubber, parts).bytes).toString()
      if (!joined.includes('[secret:') || joined.includes(shown)) missed.push(at)
    }
    expect(missed, 'where chunks cut it').toEqual([])
  })
})

const KNOWN = 'Zk3vQ9rT2mXw7LbN4sHc'

test.each(
  Object.entries(dumps).flatMap(([what, dump]) => [
    [what, dump] as const,
    [`${what}, in hex`, (text: string) => Buffer.from(dump(text)).toString('hex')] as const,
  ]),
)('in a long one a secret is found wherever what is searched at once ends: %s', (_what, dump) => {
  const knowing = createScrubber({ fingerprint })
  knowing.learn(KNOWN, 'key')
  const words = 'the words of a text that goes on and on, with numbers 1234 and more. '
  const text = words.repeat(Math.ceil(40_000 / dump(words).length))
  const end = Math.floor((32 * 1024 * text.length) / dump(text).length)
  const missed: number[] = []
  for (let at = end - 100; at < end + 30; at += 3) {
    const body = dump(`${text.slice(0, at)}${KNOWN}${text.slice(at + KNOWN.length)}`)
    if (knowing.bytes(Buffer.from(body)).found.length === 0) missed.push(at - end)
  }
  expect(missed, 'behind its end').toEqual([])
})

/** What the columns of a dump show as text. */
function readable(text: string): string {
  return text.replace(/^.*? {2}\|?(\S+)\|?$/gm, '$1').replaceAll('\n', '')
}

/** Some of the last bytes as they would stand there. */
function hexOf(what: string, text: string): string {
  return digits(Buffer.from(text)).join(what.includes('colon') ? ':' : ' ')
}

test.each([
  [
    'the words of a compiler',
    dumped('\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01', (bytes) => words(bytes)),
  ],
  ['a fingerprint', digits(Buffer.from('8f3a1c', 'hex')).join(':').repeat(8)],
  ['times', '2026-11-29 17:23:46 12:00:01 23 59 59 41 42 43\n'.repeat(50)],
  ['text', dumps.xxd?.('It was a dark and stormy night; the rain fell in torrents.') ?? ''],
])('nothing is found in %s', (_what, text) => {
  expect(scrubber.text(text)).toBe(text)
})

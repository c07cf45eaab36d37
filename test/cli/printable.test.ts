import { describe, expect, test } from 'vitest'
import { jsonPieces, jsonText } from '../../packages/cli/dist/json-text.js'
import { printable, printableBytes, printableStream } from '../../packages/cli/dist/printable.js'

describe('texts', () => {
  for (const [name, text, shown] of [
    ['plain text', 'fix it: ça va, 你好 👍', 'fix it: ça va, 你好 👍'],
    ['an escape sequence', '\u001b[31mred', '\\x1b[31mred'],
    ['newline, return and tab', 'a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['NUL, bell and delete', '\0\u0007\u007f', '\\x00\\x07\\x7f'],
    ['a control of 8 bits', '\u009b2J', '\\u{9b}2J'],
    ['bidirectional controls', '\u202eexe\u2066\u200f', '\\u{202e}exe\\u{2066}\\u{200f}'],
    ['zero width and byte order mark', '\u200b\ufeff', '\\u{200b}\\u{feff}'],
    ['separators of lines', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['tags beyond the first plane', '\u{e0041}', '\\u{e0041}'],
    ['half a surrogate pair', '\ud83d!', '\\u{d83d}!'],
  ] as const) {
    test(`${name} is shown as ${shown}`, () => {
      expect(printable(text)).toBe(shown)
    })
  }

  test('lines keep their newlines and tabs, and nothing else', () => {
    expect(printable('a\n\tb\r\u001b', 'lines')).toBe('a\n\tb\\r\\x1b')
  })

  test('JSON hides what would act on a terminal, and means the same', () => {
    const value = { text: '\u001b\u009b\u202e\u2028\u{e0041}\ufeff', n: 1 }
    const text = jsonText(value)
    expect(text).toMatch(/^[\x20-\x7e]*$/)
    expect(JSON.parse(text)).toEqual(value)
  })

  test('JSON has no half of a surrogate pair, which many programs refuse', () => {
    expect(JSON.parse(jsonText({ text: 'half \ud83d' }))).toEqual({ text: 'half \ufffd' })
  })

  test('JSON in pieces is the same text, whether its lists are arrays or come one by one', () => {
    const list = [{ text: 'two\nlines \u009b', of: [1, { a: [] }] }, null, 'half \ud83d', []]
    const value = { id: 1, none: undefined, empty: [], nothing: null, list, object: { list } }
    const comesOneByOne = { ...value, empty: [].values(), list: list.values() }
    expect([...jsonPieces(value)].join('')).toBe(jsonText(value, 2))
    expect([...jsonPieces(comesOneByOne)].join('')).toBe(jsonText(value, 2))
  })
})

describe('bytes', () => {
  for (const [name, bytes, shown] of [
    ['text', Buffer.from('é\n'), 'é\\n'],
    ['bytes that are no text', Buffer.from([0x61, 0xff, 0xfe, 0x62]), 'a\\xff\\xfeb'],
    ['text around them', Buffer.from([0xc3, 0xa9, 0xff, 0xc3, 0xa9]), 'é\\xffé'],
    ['a character that is cut off', Buffer.from([0xe4, 0xbd]), '\\xe4\\xbd'],
    ['an escape among them', Buffer.from([0xff, 0x1b, 0x5b]), '\\xff\\x1b['],
  ] as const) {
    test(`${name}: ${shown}`, () => {
      expect(printableBytes(bytes)).toBe(shown)
    })
  }

  test('a text cut at every byte is shown as the whole', () => {
    const bytes = Buffer.from('é你👍\u202ex')
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const stream = printableStream('one-line')
      const parts = [stream.push(bytes.subarray(0, cut)), stream.push(bytes.subarray(cut))]
      expect(parts.join('') + stream.end(), `cut at ${cut}`).toBe('é你👍\\u{202e}x')
    }
  })

  test('what is unfinished at the end is shown byte by byte', () => {
    const stream = printableStream('one-line')
    expect(stream.push(Buffer.from([0x61, 0xf0, 0x9f])) + stream.end()).toBe('a\\xf0\\x9f')
  })
})
